package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
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
// the copy cannot be kept the event stays, and its function is not called for it again. It also returns what that is
// counted as.
func (d *delivery) bury(ctx context.Context, m bus.Message, l letter) (bus.Disposition, string) {
	reason := deadletter.Reason(l.reason)
	err := d.keep(ctx, deadletter.Letter{
		Function: d.function,
		Reason:   reason,
		Attempts: l.attempts,
		Status:   l.answer.status,
		EventID:  eventID(m),
		Subject:  m.Subject,
		Stream:   m.Stream,
		Sequence: m.Sequence,
		Header:   m.Header,
		Body:     m.Body,
	})
	if err != nil {
		l.answer = answer{status: l.answer.status} // its body and headers are of no use any more
		refused := d.attempts.refused(placeOf(m), l, d.now())
		if refused == 1 { // what lasts is said once
			d.Logger.ErrorContext(ctx, "keep dead letter", "function", d.function, "sequence", m.Sequence, "reason", reason, "error", err)
		}
		return bus.Retry(buryPolicy.wait(refused)), string(again)
	}
	d.attempts.forget(placeOf(m))
	d.Logger.ErrorContext(ctx, "event given up", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempts", l.attempts, "reason", reason)
	return bus.Drop(reason), string(hopeless)
}

// keep publishes a letter. One that is too large, because it is the event and some headers more, goes without what makes
// it large: without a letter the event could never be ended.
func (d *delivery) keep(ctx context.Context, l deadletter.Letter) error {
	ctx, cancel := context.WithTimeout(ctx, buryTimeout)
	defer cancel()
	subject, header := l.Encode()
	err := d.Bus.Publish(ctx, subject, header, l.Body)
	if errors.Is(err, bus.ErrTooLarge) {
		subject, header = l.WithoutEvent().Encode()
		err = d.Bus.Publish(ctx, subject, header, nil)
	}
	if errors.Is(err, bus.ErrNoStream) {
		err = fmt.Errorf("there is no stream for dead letters; make %s with the subjects %s.>: %w", event.StreamDead, event.SubjectDead, err)
	}
	return err
}

// buryTimeout bounds the wait for the broker to keep a dead letter.
const buryTimeout = 5 * time.Second

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
