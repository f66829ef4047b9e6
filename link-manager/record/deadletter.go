package record

import (
	"context"
	"log/slog"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// Releaser is what DeadLetters asks of the store.
type Releaser interface {
	// Release ends the lease of an outstanding check and makes its target due at until; false if it is not outstanding.
	Release(ctx context.Context, checkID string, until time.Time) (bool, error)
}

// DeadLetters sees to it that a request which a function gave up leaves no target waiting for its answer. Its Handle is a
// bus.Handler. The letters stay in their stream, for people.
type DeadLetters struct {
	Store  Releaser
	Now    func() time.Time
	Logger *slog.Logger
}

// Handle ends the lease of the request in a dead letter; the next try comes after a gap that grows with the attempts. A
// letter about anything else is none of our business.
func (d *DeadLetters) Handle(ctx context.Context, m bus.Message) bus.Disposition {
	if event.CheckType(m.Header, event.TypeAdded, event.TypeDue) != nil {
		return bus.Ack()
	}
	request, err := event.DecodeRequest(m.Body)
	if err != nil || request.CheckID == "" {
		return bus.Ack()
	}
	next := d.Now().Add(gaveUpGap(request.Attempt))
	released, err := d.Store.Release(ctx, request.CheckID, next)
	if err != nil {
		d.Logger.Error("release check", "check_id", request.CheckID, "error", err)
		return bus.Retry(storeRetry)
	}
	if released {
		d.Logger.Warn("a function gave a check up", "check_id", request.CheckID, "attempt", request.Attempt, "next_try", next)
	}
	return bus.Ack()
}

// gaveUpGap is the rest after a request was given up for the n-th time in a row: ten minutes, doubling up to a day.
func gaveUpGap(n int) time.Duration {
	return min(10*time.Minute<<min(max(n-1, 0), 10), 24*time.Hour)
}
