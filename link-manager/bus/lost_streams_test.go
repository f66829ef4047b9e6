package bus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// deleteStreams is a broker that lost its disk.
func deleteStreams(t *testing.T, broker *embedded.Broker) {
	t.Helper()
	conn, err := broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range event.Streams(time.Minute) {
		if err := js.DeleteStream(t.Context(), stream.Name); err != nil {
			t.Fatal(err)
		}
	}
}
