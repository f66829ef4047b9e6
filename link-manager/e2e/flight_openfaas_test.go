//go:build openfaas

package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
)

// flight measures calls while they are out.
type flight struct {
	mutex     sync.Mutex
	out, most int
	took      []time.Duration
	// began is when the first began since the last landing; elapsed is how long they took together, from the first to the
	// landing.
	began   time.Time
	elapsed time.Duration
}

// begin counts a call in, and the function that it returns counts it out.
func (f *flight) begin() (end func()) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	began := time.Now()
	if f.began.IsZero() {
		f.began = began
	}
	f.out++
	f.most = max(f.most, f.out)
	return func() {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.out--
		f.took = append(f.took, time.Since(began))
	}
}

// landed is how many calls have ended.
func (f *flight) landed() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return len(f.took)
}

// land ends what is measured. More calls may follow later.
func (f *flight) land() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.elapsed += time.Since(f.began)
	f.began = time.Time{}
}

// rate is how many calls there were in a second.
func (f *flight) rate() float64 { return float64(len(f.took)) / f.elapsed.Seconds() }

// String is a part of a sentence.
func (f *flight) String() string {
	slices.Sort(f.took)
	at := func(percent int) time.Duration { return f.took[(len(f.took)-1)*percent/100].Round(time.Millisecond) }
	var together time.Duration
	for _, took := range f.took {
		together += took
	}
	return fmt.Sprintf("%.0f/s (%d calls, %d in flight at most, %.0f on average, p50 %v, p99 %v)",
		f.rate(), len(f.took), f.most, together.Seconds()/f.elapsed.Seconds(), at(50), at(99))
}

// watchedBus measures how long events are with their handlers.
type watchedBus struct {
	connector.Bus
	*flight
}

func (w watchedBus) Consume(ctx context.Context, c bus.Consumer) {
	handle := c.Handle
	c.Handle = func(ctx context.Context, m bus.Message) bus.Disposition {
		defer w.begin()()
		return handle(ctx, m)
	}
	w.Bus.Consume(ctx, c)
}
