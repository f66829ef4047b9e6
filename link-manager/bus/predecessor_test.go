package bus_test

import (
	"context"
	"testing"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// The defects of the predecessor that a bus can have, by their numbers.

func TestD20WhatIsPublishedWhileNobodyListensArrivesLater(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	publish(t, b, "one", `{"url":"a"}`)
	b.Close()
	again := connect(t, broker)
	arrived := make(chan string, 1)
	consume(t, again, bus.Consumer{Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		arrived <- string(m.Body)
		return bus.Ack()
	}})
	if got := <-arrived; got != `{"url":"a"}` {
		t.Errorf("%s arrived", got)
	}
}

func TestD21ABrokerThatCannotBeReachedIsAnError(t *testing.T) {
	if b, err := bus.Connect(t.Context(), bus.Config{URL: "nats://127.0.0.1:1", Name: "manager", Logger: logger(t)}); err == nil {
		b.Close()
		t.Error("there is no error")
	}
}
