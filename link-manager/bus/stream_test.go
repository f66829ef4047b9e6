package bus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// jetStream is a connection of somebody else's.
func jetStream(t *testing.T, broker *embedded.Broker) jetstream.JetStream {
	t.Helper()
	conn, err := broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// deleteStreams is a broker that lost its disk.
func deleteStreams(t *testing.T, broker *embedded.Broker) {
	t.Helper()
	js := jetStream(t, broker)
	for _, stream := range event.Streams(time.Minute) {
		if err := js.DeleteStream(t.Context(), stream.Name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStreamsGetTheSettingsOfWhoeverStartsLast(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	for _, lease := range []time.Duration{time.Minute, time.Minute, 2 * time.Minute} {
		b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "manager", Streams: event.Streams(lease), Logger: logger(t)})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if err := b.EnsureStreams(t.Context()); err != nil {
			t.Fatal(err)
		}
		if kept := maxAge(t, broker, event.StreamRequests); kept != lease {
			t.Errorf("requests are kept for %v, want %v", kept, lease)
		}
	}
}

// maxAge is how long a stream keeps a message.
func maxAge(t *testing.T, broker *embedded.Broker, name string) time.Duration {
	t.Helper()
	js := jetStream(t, broker)
	stream, err := js.Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().Config.MaxAge
}
