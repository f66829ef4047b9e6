package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
)

// BenchmarkAddSQLite compares saving links with one commit for each and with commits that are shared, in turn on the same
// disk: by 64 clients, by a single one, and by 64 of whom every other one applies results. Ratio is how many times as many.
func BenchmarkAddSQLite(b *testing.B) {
	for _, load := range []struct {
		name    string
		clients int
		mixed   bool
	}{
		{name: "64 clients", clients: 64},
		{name: "1 client", clients: 1},
		{name: "64 clients mixed", clients: 64, mixed: true},
	} {
		b.Run(load.name, func(b *testing.B) {
			alone, together := newWriters(b, load.clients, load.mixed), newWriters(b, load.clients, load.mixed)
			alone.store.together = nil
			var done [2]int
			var took [2]time.Duration
			for b.Loop() {
				for i, w := range []*writers{alone, together} {
					n, d := w.work(100 * time.Millisecond)
					done[i], took[i] = done[i]+n, took[i]+d
				}
			}
			rate := func(i int) float64 { return float64(done[i]) / took[i].Seconds() }
			b.ReportMetric(rate(0), "alone/s")
			b.ReportMetric(rate(1), "together/s")
			b.ReportMetric(rate(1)/rate(0), "ratio")
			b.ReportMetric(0, "ns/op") // both together say nothing
		})
	}
}

// writers are clients of a store on a real disk.
type writers struct {
	b       *testing.B
	store   *Store
	clients int
	mixed   bool
	saved   atomic.Int64

	mu     sync.Mutex
	claims []Claim
}

func newWriters(b *testing.B, clients int, mixed bool) *writers {
	s, err := Open(b.Context(), Config{Path: filepath.Join(b.TempDir(), "linkwell.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return &writers{b: b, store: s, clients: clients, mixed: mixed}
}

// work has every client write again and again for a while, and returns how much they did in what time.
func (w *writers) work(d time.Duration) (done int, took time.Duration) {
	ctx, stop := context.WithCancel(w.b.Context())
	defer stop()
	var all atomic.Int64
	var clients sync.WaitGroup
	began := time.Now()
	for i := range w.clients {
		write := w.add
		if w.mixed && i%2 == 0 {
			write = w.apply
		}
		clients.Go(func() {
			for time.Since(began) < d {
				if err := write(ctx); err != nil {
					w.b.Error(err)
					return
				}
				all.Add(1)
			}
		})
	}
	clients.Wait()
	return int(all.Load()), time.Since(began)
}

func (w *writers) add(ctx context.Context) error {
	n := w.saved.Add(1)
	_, err := w.store.Add(ctx, "ann", link.Draft{
		URL: fmt.Sprintf("https://host%d.example/%d", n%100, n), Title: "A page", Tags: []string{"one", "two"},
	})
	return err
}

// apply applies a result to something that was saved; if there is nothing left it saves something.
func (w *writers) apply(ctx context.Context) error {
	c, ok, err := w.claim(ctx)
	switch {
	case err != nil:
		return err
	case !ok:
		return w.add(ctx)
	}
	answer := event.Checked{CheckID: c.CheckID, Result: check.Result{URL: c.URL, HTTPStatus: 200}}
	answer.Decide(check.OK)
	outcome, err := w.store.Apply(ctx, answer, nil)
	if err == nil && outcome != Applied {
		err = fmt.Errorf("the result was %s", outcome)
	}
	return err
}

// claim returns a claim that nobody else has; false if there is nothing to claim.
func (w *writers) claim(ctx context.Context) (Claim, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.claims) == 0 {
		claimed, err := w.store.Claim(ctx, ClaimRequest{Lane: LaneAdded, Limit: 200, Lease: time.Hour})
		if err != nil || len(claimed.Claims) == 0 {
			return Claim{}, false, err
		}
		w.claims = claimed.Claims
	}
	c := w.claims[0]
	w.claims = w.claims[1:]
	return c, true, nil
}
