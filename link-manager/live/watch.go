package live

import (
	"context"
	"log/slog"
	"time"
)

// Subject is where link managers tell each other that there are changes.
const Subject = "link.changed"

// Store is what a Watch asks of the store.
type Store interface {
	// NumberChanges returns the number of the last change that can be read.
	NumberChanges(ctx context.Context) (int64, error)
}

// Watch rings the bell when there are changes to be read: soon after this process wrote, when another one told it, and at each
// interval in case a message was lost.
type Watch struct {
	Store Store
	Bell  *Bell
	// Tell tells other link managers that there are changes; nil means there are none. It must not wait.
	Tell func()
	// Interval is how often the store is asked, even if nobody said that there is anything new.
	Interval time.Duration
	// Rest is the least time between two questions, however often somebody writes.
	Rest   time.Duration
	Logger *slog.Logger

	written, told chan struct{}
}

// NewWatch returns w, ready to be told of writes.
func NewWatch(w Watch) *Watch {
	w.written, w.told = make(chan struct{}, 1), make(chan struct{}, 1)
	return &w
}

// Written says that this process wrote something. It never waits.
func (w *Watch) Written() { poke(w.written) }

// Told says that another process told of changes. It never waits.
func (w *Watch) Told() { poke(w.told) }

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	interval := time.NewTicker(w.Interval)
	defer interval.Stop()
	rest := time.NewTicker(w.Rest)
	defer rest.Stop()
	last := int64(-1)
	for {
		mine := false
		select {
		case <-w.written:
			mine = true
		case <-w.told:
		case <-interval.C:
		case <-ctx.Done():
			return
		}
		switch now, err := w.Store.NumberChanges(ctx); {
		case err != nil && ctx.Err() == nil:
			w.Logger.Error("look for changes", "error", err)
		case err == nil && now != last:
			if mine && w.Tell != nil {
				w.Tell()
			}
			last = now
			w.Bell.Ring()
		}
		select {
		case <-rest.C:
		case <-ctx.Done():
			return
		}
	}
}
