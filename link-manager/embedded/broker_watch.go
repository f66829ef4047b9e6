package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// How a Watch goes about it unless it is told otherwise.
const (
	defaultInterval = 5 * time.Second
	defaultPatience = 15 * time.Second
)

// What a Watch says of a broker that keeps no events.
var (
	ErrNotKept   = errors.New("the embedded broker does not keep events; it is restarted if that lasts")
	ErrNoRoom    = errors.New("the embedded broker does not keep events and its folder cannot be written: is the disk full? It is restarted as soon as it can be")
	ErrNoRestart = errors.New("the embedded broker does not keep events and cannot be restarted; it is tried again")
)

// Watch looks after a broker: it probes whether the broker keeps events, and where it has not for a while puts another
// server in the place of the one that runs, on the same folder. That heals what a server does not recover from by itself:
// a disk that was full, and a folder that was deleted. Connections find the new server by themselves; whoever publishes
// and consumes makes its streams again.
type Watch struct {
	Broker *Broker
	// Interval is how often the broker is probed, and how long a probe may take; zero means 5 seconds.
	Interval time.Duration
	// Patience is how long the probes must have failed before the server is restarted; zero means 15 seconds. It is tried
	// again at each interval for as long as it takes.
	Patience time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger hears why a probe or a restart failed; nil means slog.Default().
	Logger *slog.Logger

	failingSince time.Time // zero while the broker keeps events

	mu    sync.Mutex
	state WatchState
}

// WatchState is how the broker does.
type WatchState struct {
	// Err is ErrNotKept, ErrNoRoom or ErrNoRestart, a sentence that holds no secrets; nil while the broker keeps events and
	// before the first probe.
	Err error
	// Restarts is how often the server was put in another's place.
	Restarts int
}

// State returns how the broker did when it was last probed.
func (w *Watch) State() WatchState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Run watches until ctx ends. The broker must not be closed before Run returned.
func (w *Watch) Run(ctx context.Context) {
	ticker := time.NewTicker(cmp.Or(w.Interval, defaultInterval))
	defer ticker.Stop()
	for ctx.Err() == nil {
		w.look(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// look probes the broker, and restarts it if its time is over.
func (w *Watch) look(ctx context.Context) {
	began := w.now()
	err := w.probe(ctx)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		w.well()
		return
	}
	if w.failingSince.IsZero() {
		w.failingSince = began
	}
	w.logger().Warn("the embedded broker does not keep events", "since", w.failingSince, "error", err)
	if w.now().Sub(w.failingSince) < cmp.Or(w.Patience, defaultPatience) {
		w.note(func(s *WatchState) { s.Err = ErrNotKept })
		return
	}
	if err := w.restart(ctx); err != nil {
		w.logger().Warn("the embedded broker is not restarted", "error", err)
		w.note(func(s *WatchState) { s.Err = cause(err) })
		return
	}
	w.logger().Warn("the embedded broker was restarted")
	w.note(func(s *WatchState) { s.Err = ErrNotKept; s.Restarts++ })
	if err := w.probe(ctx); err != nil {
		w.logger().Warn("the restarted broker does not keep events", "error", err)
		w.failingSince = w.now() // it has its time too
		return
	}
	w.well()
}

// probe probes the broker, for at most an interval.
func (w *Watch) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(w.Interval, defaultInterval))
	defer cancel()
	return w.Broker.probe(ctx)
}

// restart puts another server in the place of the one that runs, or of none.
func (w *Watch) restart(ctx context.Context) error {
	// Until the folder can be written a new server would do no better, and this one at least delivers what it has.
	if err := hasRoom(w.Broker.config.Dir); err != nil {
		return fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	if err := w.Broker.restart(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrNoRestart, err)
	}
	return nil
}

// cause is which of our sentences err is about.
func cause(err error) error {
	if errors.Is(err, ErrNoRoom) {
		return ErrNoRoom
	}
	return ErrNoRestart
}

// well notes that the broker keeps events.
func (w *Watch) well() {
	if !w.failingSince.IsZero() {
		w.logger().Info("the embedded broker keeps events again", "after", w.now().Sub(w.failingSince).Round(time.Millisecond))
	}
	w.failingSince = time.Time{}
	w.note(func(s *WatchState) { s.Err = nil })
}

func (w *Watch) note(change func(*WatchState)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.state)
}

func (w *Watch) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

func (w *Watch) logger() *slog.Logger { return cmp.Or(w.Logger, slog.Default()) }

// enoughRoom is what a server can begin with.
const enoughRoom = 64 << 10

// hasRoom fails, saying why, unless enoughRoom can be written to a file in folder, which is made if it is missing.
func hasRoom(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, "room-*")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, enoughRoom))
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}
