// Package record takes answers off the bus and keeps them: link.checked → fold → store. An answer is acknowledged only
// after it is committed.
package record

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what the recorder asks of the store.
type Store interface {
	Apply(ctx context.Context, checked event.Checked, blind func(store.Incoming) bool) (store.Outcome, error)
}

// Outcomes counts what became of answers: the store's outcomes, and "by_hand" and "malformed".
type Outcomes interface {
	Count(outcome string)
	// Applied is told each result that was applied.
	Applied(check.Result)
}

// Recorder applies answers. Its Handle is a bus.Handler.
type Recorder struct {
	Store    Store
	Outcomes Outcomes
	// Blind reports whether we must not trust an answer, because it is our own network that fails; nil means we always may.
	Blind  func(store.Incoming) bool
	Logger *slog.Logger
}

const (
	byHand    = "by_hand"
	malformed = "malformed"
	// storeRetry is the rest before an answer the store could not take comes again.
	storeRetry = 2 * time.Second
)

// Handle applies one link.checked. A late, repeated or forged answer changes nothing and is counted; an answer the store
// cannot take now comes again; one that will never be understood is dropped with the reason.
func (r *Recorder) Handle(ctx context.Context, m bus.Message) bus.Disposition {
	checked, err := decode(m)
	if err != nil {
		r.Outcomes.Count(malformed)
		r.Logger.WarnContext(ctx, "answer dropped", "sequence", m.Sequence, "error", err)
		return bus.Drop(err.Error())
	}
	if checked.CheckID == "" {
		r.Outcomes.Count(byHand)
		return bus.Ack()
	}
	outcome, err := r.fold(ctx, checked)
	if err != nil {
		r.Logger.ErrorContext(ctx, "apply answer", "check_id", checked.CheckID, "error", err)
		return bus.Retry(storeRetry)
	}
	r.Outcomes.Count(string(outcome))
	if outcome == store.Applied {
		r.Outcomes.Applied(checked.Result)
	} else {
		r.Logger.InfoContext(ctx, "answer changes nothing", "check_id", checked.CheckID, "outcome", outcome)
	}
	return bus.Ack()
}

// fold applies the answer, in a span that says what was answered and what became of it.
func (r *Recorder) fold(ctx context.Context, checked event.Checked) (store.Outcome, error) {
	ctx, span := tracing.Child(ctx, "fold", trace.WithAttributes(
		tracing.CheckID.String(checked.CheckID), tracing.Status.String(string(checked.Status)), tracing.Reason.String(string(checked.Reason))))
	defer span.End()
	outcome, err := r.Store.Apply(ctx, checked, r.Blind)
	if err != nil {
		tracing.Fail(span, "store")
		return "", err
	}
	span.SetAttributes(tracing.Outcome.String(string(outcome)))
	return outcome, nil
}

func decode(m bus.Message) (event.Checked, error) {
	if err := event.CheckType(m.Header, event.TypeChecked); err != nil {
		return event.Checked{}, err
	}
	return event.DecodeChecked(m.Body)
}
