package live_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// log is a store with so many changes, which fails if it is told to.
type log struct {
	last, asked atomic.Int64
	fails       atomic.Bool
}

func (l *log) NumberChanges(context.Context) (int64, error) {
	l.asked.Add(1)
	if l.fails.Load() {
		return 0, errors.New("the disk is away")
	}
	return l.last.Load(), nil
}

// watched runs a watch in a bubble of its own time, where rung and told count.
func watched(t *testing.T, test func(w *live.Watch, l *log, rung, told *atomic.Int64)) {
	synctest.Test(t, func(t *testing.T) {
		var bell live.Bell
		var rung, told atomic.Int64
		l := &log{}
		w := live.NewWatch(live.Watch{
			Store: l, Bell: &bell, Interval: 5 * time.Second, Rest: 100 * time.Millisecond,
			Tell:   func() { told.Add(1) },
			Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.Run(ctx) })
		running.Go(func() {
			for next := bell.Rung(); ; {
				select {
				case <-next:
					rung.Add(1)
					next = bell.Rung()
				case <-ctx.Done():
					return
				}
			}
		})
		time.Sleep(time.Second)
		w.Told()
		time.Sleep(time.Second)
		rung.Store(0) // at the start it knows of nothing, and rings once
		test(w, l, &rung, &told)
		cancel()
		running.Wait()
	})
}

func TestWhoeverWaitsIsWokenByWhatThisProcessWrote(t *testing.T) {
	watched(t, func(w *live.Watch, l *log, rung, told *atomic.Int64) {
		l.last.Store(1)
		w.Written()
		time.Sleep(time.Millisecond)
		if rung.Load() != 1 || told.Load() != 1 {
			t.Errorf("rung %d times, told %d times", rung.Load(), told.Load())
		}
		w.Written() // a claim, say
		time.Sleep(time.Second)
		if rung.Load() != 1 || told.Load() != 1 {
			t.Errorf("without a change: rung %d times, told %d times", rung.Load(), told.Load())
		}
	})
}

func TestWhatOthersToldIsNotToldOn(t *testing.T) {
	watched(t, func(w *live.Watch, l *log, rung, told *atomic.Int64) {
		l.last.Store(1)
		w.Told()
		time.Sleep(time.Millisecond)
		if rung.Load() != 1 || told.Load() != 0 {
			t.Errorf("rung %d times, told %d times", rung.Load(), told.Load())
		}
	})
}

func TestAWakeThatGotLostCostsAnInterval(t *testing.T) {
	watched(t, func(_ *live.Watch, l *log, rung, told *atomic.Int64) {
		l.last.Store(1)
		time.Sleep(5 * time.Second)
		if rung.Load() != 1 || told.Load() != 0 {
			t.Errorf("rung %d times, told %d times", rung.Load(), told.Load())
		}
	})
}

func TestAStoreThatIsWrittenAllTheTimeIsNotAskedAllTheTime(t *testing.T) {
	watched(t, func(w *live.Watch, l *log, rung, _ *atomic.Int64) {
		before := l.asked.Load()
		for range 10_000 {
			l.last.Add(1)
			w.Written()
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Second)
		if n := l.asked.Load() - before; n < 5 || n > 15 || rung.Load() > n {
			t.Errorf("asked %d times in a second, rung %d times", n, rung.Load())
		}
	})
}

func TestAStoreThatFailsIsAskedAgain(t *testing.T) {
	watched(t, func(w *live.Watch, l *log, rung, _ *atomic.Int64) {
		l.last.Store(1)
		l.fails.Store(true)
		w.Written()
		time.Sleep(time.Second)
		l.fails.Store(false)
		time.Sleep(5 * time.Second)
		if rung.Load() != 1 {
			t.Errorf("rung %d times", rung.Load())
		}
	})
}
