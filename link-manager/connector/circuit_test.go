package connector

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestCircuit(t *testing.T) {
	clock := now
	c := &circuit{concurrency: 64, now: func() time.Time { return clock }}
	admits := func(want int) {
		t.Helper()
		if got, _ := c.admit(); got != want {
			t.Fatalf("it admits %d, want %d", got, want)
		}
	}
	for range circuitFailures - 1 {
		admits(64)
		c.unanswered(false)
	}
	admits(64)
	c.unanswered(false)
	admits(0)

	// Each try doubles the wait for the next.
	for wait := circuitWaitMin; wait < circuitWaitMax; wait *= 2 {
		clock = clock.Add(wait - time.Nanosecond)
		admits(0)
		clock = clock.Add(time.Nanosecond)
		admits(1)
		admits(0)
		c.unanswered(false)
	}
	clock = clock.Add(circuitWaitMax)
	admits(1)
	c.answered()
	admits(64)

	// A gateway that cannot be connected to opens it at once.
	if wait := c.unanswered(true); wait != circuitWaitMin {
		t.Errorf("the event waits %v", wait)
	}
	admits(0)
	c.answered()

	// An answer between failures starts the count again.
	for range 10 {
		c.unanswered(false)
		c.answered()
	}
	admits(64)
}

func TestAnOpenCircuitWaitsNoLongerThanItsContext(t *testing.T) {
	c := &circuit{concurrency: 1, now: time.Now}
	c.unanswered(true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Admit(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
