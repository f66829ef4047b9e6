package connector

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// letter is why an event is given up.
type letter struct {
	reason   string
	attempts int
	// answer is the last one; its status is kept.
	answer answer
}

// bury gives an event up: a copy with the reason is kept as a dead letter first, and only then is the event ended. Where
// the copy cannot be kept the event stays. It also returns what that is counted as.
func (d *delivery) bury(ctx context.Context, m bus.Message, l letter) (bus.Disposition, string) {
	reason := deadletter.Reason(l.reason)
	subject, header := deadletter.Letter{
		Function: d.function,
		Reason:   reason,
		Attempts: l.attempts,
		Status:   l.answer.status,
		EventID:  eventID(m),
		Subject:  m.Subject,
		Stream:   m.Stream,
		Sequence: m.Sequence,
		Header:   m.Header,
	}.Encode()
	ctx, cancel := context.WithTimeout(ctx, buryTimeout)
	defer cancel()
	if err := d.Bus.Publish(ctx, subject, header, m.Body); err != nil {
		d.Logger.ErrorContext(ctx, "keep dead letter", "function", d.function, "sequence", m.Sequence, "error", err)
		return bus.Retry(buryWait), string(again)
	}
	d.attempts.forget(m.Sequence)
	d.Logger.ErrorContext(ctx, "event given up", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempts", l.attempts, "reason", reason)
	return bus.Drop(reason), string(hopeless)
}

// buryTimeout bounds the wait for the broker to keep a dead letter.
const buryTimeout = 5 * time.Second

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
