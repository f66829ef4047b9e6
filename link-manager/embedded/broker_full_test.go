package embedded

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-manager/store/storetest/disktest"
)

// A stream of nats-server that could not write once is never written again by the same server.
func TestAServerWhoseDiskWasFullIsReplacedOnceThereIsRoom(t *testing.T) {
	disktest.Inside(t, func(t *testing.T) {
		folder := t.TempDir()
		disk := disktest.Mount(t, folder, 4<<20)
		w, connection := watched(t, folder)
		publish(t, connection, "before")
		w.looks(t, WatchState{})

		disk.Fill()
		for tryPublish(t, connection, "unkept") == nil { // what fits into the last page
		}
		w.looks(t, WatchState{Err: ErrNoRoom})

		disk.Free()
		if err := tryPublish(t, connection, "freed"); err == nil {
			t.Log("this version recovers from a full disk by itself")
		}
		w.looks(t, WatchState{Restarts: 1})
		publish(t, connection, "after")
		if first := message(t, connection, 1); first != "before" {
			t.Errorf("the first message is %q", first)
		}
	})
}

// The stream that could not write may be any: that of the probes can have room left when others have none.
func TestAProbeSeesEveryStreamThatCannotWrite(t *testing.T) {
	disktest.Inside(t, func(t *testing.T) {
		folder := t.TempDir()
		disk := disktest.Mount(t, folder, 4<<20)
		w, connection := watched(t, folder)
		w.looks(t, WatchState{})
		disk.Fill()
		for tryPublish(t, connection, "unkept") == nil {
		}
		disk.Free()
		if err := w.Broker.probe(t.Context()); err == nil {
			t.Error("the probe finds nothing wrong")
		}
	})
}

// tryPublish publishes to "work" and waits a moment for the answer: a server that cannot write gives none.
func tryPublish(t *testing.T, connection *nats.Conn, text string) error {
	t.Helper()
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = stream.Publish(ctx, "work", []byte(text))
	return err
}

// message is what the stream of "work" keeps under a sequence number.
func message(t *testing.T, connection *nats.Conn, sequence uint64) string {
	t.Helper()
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	work, err := stream.Stream(t.Context(), "WORK")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := work.GetMsg(t.Context(), sequence)
	if err != nil {
		t.Fatal(err)
	}
	return string(kept.Data)
}
