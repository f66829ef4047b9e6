package bus_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// newestBroker leads to the broker that runs now.
type newestBroker struct {
	atomic.Pointer[embedded.Broker]
}

func (n *newestBroker) InProcessConn() (net.Conn, error) { return n.Load().InProcessConn() }

// An event of which the broker heard nothing comes again after its AckWait, here a minute.
func TestAnEventHandedBackWhileTheBrokerIsAwayComesAgainOnceItIsBack(t *testing.T) {
	folder := t.TempDir()
	var newest newestBroker
	newest.Store(startBroker(t, folder))
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: &newest, Name: "manager", Streams: event.Streams(time.Minute), Logger: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "one", "a")
	away, again := make(chan struct{}), make(chan uint64, 1)
	consume(t, b, bus.Consumer{AckWait: time.Minute, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		if m.Deliveries > 1 {
			again <- m.Deliveries
			return bus.Ack()
		}
		newest.Load().Close()
		for b.Connected() {
			time.Sleep(time.Millisecond)
		}
		close(away)
		return bus.Retry(0)
	}})
	<-away
	newest.Store(startBroker(t, folder))
	select {
	case <-again:
	case <-time.After(20 * time.Second):
		t.Error("it does not come again")
	}
}
