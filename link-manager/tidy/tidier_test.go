package tidy_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/tidy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heap is a store with so many old things of each kind, which fails the first time it is asked for orphans if it is told to.
type heap struct {
	mutex         sync.Mutex
	orphans, days int
	totals        int
	hosts, trash  int
	changes       int
	asleep        int
	answers       int
	imports       int
	most          int
	fails         bool
}

func (h *heap) ForgetOrphans(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.fails {
		h.fails = false
		return 0, errors.New("the disk is away")
	}
	return h.take(&h.orphans, limit), nil
}

func (h *heap) ForgetDays(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.days, limit), nil
}

func (h *heap) ForgetTotals(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.totals, limit), nil
}

func (h *heap) ForgetHosts(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.hosts, limit), nil
}

func (h *heap) ForgetChanges(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.changes, limit), nil
}

func (h *heap) WakeOversleepers(_ context.Context, lease time.Duration, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if lease != longLease {
		return 0, errors.New("that is not the lease")
	}
	return h.take(&h.asleep, limit), nil
}

const longLease = 5 * time.Minute

func (h *heap) ForgetTrash(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.trash, limit), nil
}

func (h *heap) ForgetAnswers(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.answers, limit), nil
}

func (h *heap) ForgetImports(_ context.Context, limit int) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.take(&h.imports, limit), nil
}

func (h *heap) take(from *int, limit int) int {
	n := min(*from, limit)
	*from -= n
	h.most = max(h.most, n)
	return n
}

func (h *heap) left() (orphans, days int) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.orphans, h.days
}

func run(t *testing.T, s tidy.Store, interval time.Duration) {
	tidier := &tidy.Tidier{Store: s, Interval: interval, Lease: longLease, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); tidier.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func (h *heap) empty() bool {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.orphans+h.days+h.totals+h.hosts+h.asleep+h.changes+h.trash+h.answers == 0
}

func TestWhatIsOldGoesAtTheStartALittleAtATime(t *testing.T) {
	h := &heap{orphans: 1001, days: 10_000, totals: 10_000, hosts: 10_000, asleep: 10_000, changes: 10_000, trash: 10_000, answers: 10_000}
	run(t, h, time.Hour)
	eventually(t, "all is gone", h.empty)
	if h.most > 500 {
		t.Errorf("%d things went at once", h.most)
	}
}

func TestWhatBecomesOldGoesLater(t *testing.T) {
	h := &heap{}
	run(t, h, time.Millisecond)
	for range 3 {
		h.mutex.Lock()
		h.orphans, h.days, h.hosts, h.trash = 5, 5, 5, 5
		h.mutex.Unlock()
		eventually(t, "all is gone again", h.empty)
	}
}

func TestAFailureKeepsNothingElseFromGoing(t *testing.T) {
	h := &heap{orphans: 5, days: 5, fails: true}
	run(t, h, time.Hour)
	eventually(t, "the days are gone", func() bool { _, days := h.left(); return days == 0 })
	if orphans, _ := h.left(); orphans != 5 {
		t.Errorf("%d orphans are left after the failure", orphans)
	}
	again := &heap{orphans: 5, fails: true}
	run(t, again, time.Millisecond)
	eventually(t, "the orphans go at the next time", again.empty)
}
