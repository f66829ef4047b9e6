package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Disposition is what becomes of an event after it was handled: Ack, Retry or Drop; the zero value is Retry(0). This file
// is the one place that acks, naks and terms.
type Disposition struct {
	verb   verb
	delay  time.Duration
	reason string
}

type verb int

const (
	ack verb = iota + 1
	retry
	drop
)

// String is ack, retry or drop; retry for the zero value.
func (v verb) String() string {
	switch v {
	case ack:
		return "ack"
	case drop:
		return "drop"
	default:
		return "retry"
	}
}

// Ack means the event's effect is kept; it will not come again.
func Ack() Disposition { return Disposition{verb: ack} }

// Retry means the event is to come again, no sooner than after delay.
func Retry(delay time.Duration) Disposition { return Disposition{verb: retry, delay: delay} }

// Drop means the event will never be understood; it will not come again, and the broker tells its operators the reason,
// of which the first maxReason bytes go on the wire.
func Drop(reason string) Disposition { return Disposition{verb: drop, reason: reason} }

const maxReason = 200

// String is for logs and tests: "ack", "retry after 1s", "drop: reason".
func (d Disposition) String() string {
	switch d.verb {
	case ack:
		return "ack"
	case retry:
		return fmt.Sprintf("retry after %v", d.delay)
	case drop:
		return "drop: " + d.reason
	default:
		return "undecided"
	}
}

// settle tells the broker, and while it is away waits for it to come back, as long as ctx lasts: an event of which it heard
// nothing would come again only after its AckWait, which outlasts the restart of a broker by far.
func (d Disposition) settle(ctx context.Context, m jetstream.Msg) error {
	for {
		err := d.tell(ctx, m)
		if !errors.Is(err, nats.ErrReconnectBufExceeded) { // a Bus buffers nothing, so this is what away means
			return err
		}
		select {
		case <-time.After(awayPause):
		case <-ctx.Done():
			return err
		}
	}
}

// awayPause is the rest before a broker that is away is told again.
const awayPause = 100 * time.Millisecond

// tell tells the broker. An ack waits until the broker has it; one that gets lost means that the event comes again.
func (d Disposition) tell(ctx context.Context, m jetstream.Msg) error {
	switch d.verb {
	case ack:
		return m.DoubleAck(ctx)
	case drop:
		return m.TermWithReason(strings.ToValidUTF8(d.reason[:min(len(d.reason), maxReason)], ""))
	default:
		return m.NakWithDelay(d.delay)
	}
}
