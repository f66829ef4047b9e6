// Package dispatch turns due targets into requests on the bus: claim a lease, commit, publish. The due row is the outbox,
// so nothing that is due can be forgotten: a crash, or a broker that lost everything, ends as an expired lease and a
// fresh claim.
package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/manners"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what the dispatcher asks of the store.
type Store interface {
	Claim(ctx context.Context, r store.ClaimRequest) (store.Claimed, error)
	Outstanding(ctx context.Context, lane store.Lane) (int, error)
	Applied(ctx context.Context, lane store.Lane, since time.Time) (int, error)
	Settle(ctx context.Context, limit int) (int, error)
}

// Publisher is what the dispatcher asks of the bus: nil once the broker keeps the event.
type Publisher interface {
	Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error
}

// Dispatcher asks for the checks that are due. Any number of them may work on one store.
type Dispatcher struct {
	Store     Store
	Publisher Publisher
	// Lease is how long an outstanding check is waited for.
	Lease time.Duration
	// Manners are the rules by which hosts are asked.
	Manners manners.Manners
	// Interval is how often it looks for due targets when nobody wakes it.
	Interval time.Duration
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger

	wakeAdded, wakeSettle chan struct{}
}

// New returns d ready to run and to be woken.
func New(d Dispatcher) *Dispatcher {
	d.wakeAdded, d.wakeSettle = make(chan struct{}, 1), make(chan struct{}, 1)
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	return &d
}

// Wake makes the dispatcher look at once for what a person waits for. It never blocks.
func (d *Dispatcher) Wake() {
	for _, wake := range []chan struct{}{d.wakeAdded, d.wakeSettle} {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// Run dispatches both lanes, and settles links whose targets are known, until ctx ends. The lanes do not wait for each
// other.
func (d *Dispatcher) Run(ctx context.Context) {
	var running sync.WaitGroup
	running.Go(func() { d.every(ctx, d.wakeAdded, (&laneDispatcher{Dispatcher: d, lane: store.LaneAdded}).tick) })
	running.Go(func() { d.every(ctx, nil, (&laneDispatcher{Dispatcher: d, lane: store.LaneDue}).tick) })
	running.Go(func() { d.every(ctx, d.wakeSettle, (&settler{Dispatcher: d}).tick) })
	running.Wait()
}

// A tick does what there is to do. It reports whether there may be more, and when there will be, if it knows: the zero time
// if not.
type tick func(context.Context) (more bool, next time.Time)

// every ticks when woken, when a tick said that there will be more, and at each interval; again at once while there is more.
func (d *Dispatcher) every(ctx context.Context, wake <-chan struct{}, do tick) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		more, next := do(ctx)
		if more {
			continue
		}
		wait := d.Interval
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(d.Now()), 0))
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
	}
}

// settleChunk is how many links are settled in one transaction.
const settleChunk = 500

// settler settles links. It is used by one goroutine.
type settler struct {
	*Dispatcher
	trouble trouble
}

// tick copies what is known about targets to the links that have not seen it.
func (s *settler) tick(ctx context.Context) (more bool, next time.Time) {
	settled, err := s.Store.Settle(ctx, settleChunk)
	s.trouble.note(ctx, s.Dispatcher, slog.LevelError, "settle links", err)
	return err == nil && settled > 0, time.Time{}
}
