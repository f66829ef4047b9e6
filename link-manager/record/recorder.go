// Package record takes answers off the bus and keeps them: link.checked → fold → store. An answer is acknowledged only
// after it is committed.
package record

import (
	"context"
	"log/slog"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
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
		r.Logger.Warn("answer dropped", "sequence", m.Sequence, "error", err)
		return bus.Drop(err.Error())
	}
	if checked.CheckID == "" {
		r.Outcomes.Count(byHand)
		return bus.Ack()
	}
	outcome, err := r.Store.Apply(ctx, checked, r.Blind)
	if err != nil {
		r.Logger.Error("apply answer", "check_id", checked.CheckID, "error", err)
		return bus.Retry(storeRetry)
	}
	r.Outcomes.Count(string(outcome))
	if outcome != store.Applied {
		r.Logger.Info("answer changes nothing", "check_id", checked.CheckID, "outcome", outcome)
	}
	return bus.Ack()
}

func decode(m bus.Message) (event.Checked, error) {
	if err := event.CheckType(m.Header, event.TypeChecked); err != nil {
		return event.Checked{}, err
	}
	return event.DecodeChecked(m.Body)
}
