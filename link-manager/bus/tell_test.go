package bus_test

import (
	"testing"
	"time"
)

func TestWhatIsToldIsHeardByWhoeverListens(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	one, other := connect(t, broker), connect(t, broker)
	heard := make(chan struct{}, 1)
	err := one.Hear("link.changed", func() {
		select {
		case heard <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	again := time.NewTicker(time.Millisecond) // the broker may not know yet who listens
	defer again.Stop()
	for {
		other.Tell("link.other")
		other.Tell("link.changed")
		select {
		case <-heard:
			return
		case <-again.C:
		case <-t.Context().Done():
			t.Fatal("nothing was heard")
		}
	}
}

func TestWhatIsToldWhileTheBrokerIsAwayIsLost(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	broker.Close()
	b.Tell("link.changed")
}
