package embedded

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A server whose disk was full stays unusable until it is replaced by another on the same folder. Connections and
// consumers must not notice.
func TestConnectionAndConsumerSurviveAnotherServer(t *testing.T) {
	broker, err := StartBroker(t.Context(), BrokerConfig{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	reconnected := make(chan struct{}, 1)
	connection, err := broker.Connect(nats.ReconnectHandler(func(*nats.Conn) { reconnected <- struct{}{} }))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	received := consume(t, connection)
	publish(t, connection, "before")
	expect(t, received, "before")

	first := broker.server
	if err := broker.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if broker.server == first {
		t.Fatal("the server is the same")
	}
	expect(t, reconnected, struct{}{})
	publish(t, connection, "after")
	expect(t, received, "after")
}

// consume returns a channel of what a durable consumer of subject "work" receives.
func consume(t *testing.T, connection *nats.Conn) <-chan string {
	t.Helper()
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.CreateStream(t.Context(), jetstream.StreamConfig{Name: "WORK", Subjects: []string{"work"}}); err != nil {
		t.Fatal(err)
	}
	consumer, err := stream.CreateConsumer(t.Context(), "WORK", jetstream.ConsumerConfig{Durable: "test"})
	if err != nil {
		t.Fatal(err)
	}
	received := make(chan string, 8)
	consuming, err := consumer.Consume(func(message jetstream.Msg) {
		if err := message.DoubleAck(t.Context()); err != nil {
			t.Errorf("ack: %v", err)
		}
		received <- string(message.Data())
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(consuming.Stop)
	return received
}

func publish(t *testing.T, connection *nats.Conn, text string) {
	t.Helper()
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Publish(t.Context(), "work", []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// expect waits for the next value of a channel.
func expect[T comparable](t *testing.T, from <-chan T, want T) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%v did not come", want)
	}
}
