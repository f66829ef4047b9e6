package record

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// Releaser is what DeadLetters asks of the store.
type Releaser interface {
	// Release ends the lease of an outstanding check and makes its target due at until; false if it is not outstanding.
	Release(ctx context.Context, checkID string, until time.Time) (bool, error)
}

// DeadLetters sees to it that a request which its function gave up leaves no target waiting for its answer. Its Handle is a
// bus.Handler. The letters stay in their stream, for people. Should one get lost before it is handled, the lease ends when
// its time is over, as that of any check whose answer does not come.
type DeadLetters struct {
	Store Releaser
	// Checkers are the functions that answer requests, without their namespace. Others may want the same topic, and may
	// give an event up that a checker is about to answer.
	Checkers []string
	Now      func() time.Time
	Logger   *slog.Logger
}

// Handle ends the lease of the request in a checker's dead letter; the next try comes after a gap that grows with the
// attempts. A letter about anything else, or of any other function, is none of our business.
func (d *DeadLetters) Handle(ctx context.Context, m bus.Message) bus.Disposition {
	letter := deadletter.Decode(m)
	request, ok := letter.Request()
	if !ok || !d.isChecker(letter.Function) {
		return bus.Ack()
	}
	next := d.Now().Add(gaveUpGap(request.Attempt))
	released, err := d.Store.Release(ctx, request.CheckID, next)
	if err != nil {
		d.Logger.ErrorContext(ctx, "release check", "check_id", request.CheckID, "error", err)
		return bus.Retry(storeRetry)
	}
	if released {
		d.Logger.WarnContext(ctx, "a function gave a check up", "check_id", request.CheckID, "attempt", request.Attempt, "next_try", next)
	}
	return bus.Ack()
}

// isChecker reports whether the function, in whatever namespace, answers requests.
func (d *DeadLetters) isChecker(function string) bool {
	name, _, _ := strings.Cut(function, ".")
	return slices.Contains(d.Checkers, name)
}

// gaveUpGap is the rest after a request was given up for the n-th time in a row: ten minutes, doubling up to a day.
func gaveUpGap(n int) time.Duration {
	return min(10*time.Minute<<min(max(n-1, 0), 10), 24*time.Hour)
}
