package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxPulls is how many requests for events a consumption has open at a time. One would leave handlers idle until it is
	// filled; the broker allows 512 for a consumer, however many connectors share it.
	maxPulls = 8
	// pullExpiry is how long the broker keeps a request; the library renews it.
	pullExpiry = 10 * time.Second
	// pullHeartbeat is how often the broker shows that it still has a request. The library takes no other notice of a
	// broker that came back without the consumer, and gives up after two that are missing.
	pullHeartbeat = time.Second
	// statusRoom is room for what the broker says between events: the library drops an event that it has no room for.
	statusRoom = 16
	// handBackWait bounds the wait for events that are on their way to us when we stop.
	handBackWait = 2 * time.Second
)

// pull asks for n events and starts a handler for each, and returns when it has them all. When ctx ends it gives back what
// it got since; it fails if the broker does. The n are released by the handlers, or here for those that never came.
func (r *consumption) pull(ctx context.Context, consumer jetstream.Consumer, n int) error {
	started := 0
	defer func() { r.release(n-started, 1) }()
	events, err := consumer.Messages(jetstream.PullMaxMessages(n+statusRoom), jetstream.StopAfter(n), jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullHeartbeat))
	if err != nil {
		return fmt.Errorf("ask for events: %w", err)
	}
	defer events.Stop()
	for started < n {
		event, err := events.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil {
			r.giveBack(event, events)
			return nil
		}
		if err != nil {
			return fmt.Errorf("wait for events: %w", err)
		}
		started++
		r.handlers.Go(func() { r.handle(event) })
	}
	return nil
}

// giveBack ends a request and returns at once what came of it and no handler has begun with: one event, if it is not nil,
// and those still on their way. Somebody else may handle them without waiting for their AckWait.
func (r *consumption) giveBack(event jetstream.Msg, events jetstream.MessagesContext) {
	if event != nil {
		r.settle(event, Retry(0))
	}
	events.Drain()
	for {
		event, err := events.Next(jetstream.NextMaxWait(handBackWait))
		if err != nil {
			if !errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				r.bus.logger.Warn("give events back", "consumer", r.Durable, "error", err)
			}
			return
		}
		r.settle(event, Retry(0))
	}
}
