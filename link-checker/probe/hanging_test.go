package probe_test

import (
	"flag"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

var hangingTimeout = flag.Duration("hanging-timeout", time.Second, "how long the checks of TestAThousandChecksOfEachThatHangs may take; 10s is the long form")

// What a thousand checks of each behaviour come in: rounds, at the end of which memory is looked at, of checks that run at
// the same time.
const (
	hangingRounds  = 10
	checksOfARound = 100
	hangingAtOnce  = 400
)

// TestAThousandChecksOfEachThatHangs is about what keeps a checker from getting any further: no server, whatever it drips
// or keeps back, has a check for longer than its time, and none leaves anything behind.
func TestAThousandChecksOfEachThatHangs(t *testing.T) {
	web := probetest.NewWeb(t, "127.0.0.1")
	prober := &probe.Prober{Timeout: *hangingTimeout, Allow: onlyLocalhost, Resolver: web.Resolver(), RootCAs: web.RootCAs()}
	behaviours := slices.DeleteFunc(probetest.Behaviours(), func(b probetest.Behaviour) bool {
		return !b.Hangs && b.Case != 3 && b.Case != 48 // those that drip and decide all the same
	})
	urls := make([]string, len(behaviours))
	for i, b := range behaviours {
		urls[i] = web.URL(b)
	}
	before := goleak.IgnoreCurrent()
	slowest := make([]time.Duration, len(behaviours))
	var memory []uint64
	late := watchLateness(t)
	for range hangingRounds {
		checkEach(t, prober, urls, slowest)
		memory = append(memory, heldMemory())
	}
	most := prober.Timeout + time.Second + 5*late() // a check wakes some goroutines one after the other
	for i, b := range behaviours {
		t.Logf("%d checks, slowest after %v: %d %s", hangingRounds*checksOfARound, slowest[i].Round(time.Millisecond), b.Case, b.Name)
		if slowest[i] > most {
			t.Errorf("%d %s: a check took %v with a timeout of %v, where %v is the most", b.Case, b.Name, slowest[i], prober.Timeout, most)
		}
	}
	t.Logf("memory held after each round: %d KiB", memory)
	// The first rounds fill the pools of the runtime and of net/http.
	if grown := int64(memory[hangingRounds-1]) - int64(memory[1]); grown > 4<<10 {
		t.Errorf("it grew by %d KiB", grown)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// checkEach checks every URL checksOfARound times and keeps the longest time in slowest.
func checkEach(t *testing.T, prober *probe.Prober, urls []string, slowest []time.Duration) {
	var mu sync.Mutex
	var checks errgroup.Group
	checks.SetLimit(hangingAtOnce)
	for range checksOfARound {
		for i, url := range urls {
			checks.Go(func() error {
				began := time.Now()
				prober.Check(t.Context(), url, true)
				took := time.Since(began)
				mu.Lock()
				defer mu.Unlock()
				slowest[i] = max(slowest[i], took)
				return nil
			})
		}
	}
	_ = checks.Wait() // none fails
}

// heldMemory is what is in use once all that can be freed is, in KiB.
func heldMemory() uint64 {
	runtime.GC()
	runtime.GC() // what pools held is freed by the second
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return (stats.HeapAlloc + stats.StackInuse) / 1024
}

// watchLateness returns a function that ends the watch and tells the longest that a goroutine had to wait for its turn
// meanwhile: milliseconds, unless the machine has more to do than it can.
func watchLateness(t *testing.T) (late func() time.Duration) {
	stop, latest := make(chan struct{}), make(chan time.Duration, 1)
	end := sync.OnceValue(func() time.Duration { close(stop); return <-latest })
	t.Cleanup(func() { end() })
	go func() {
		const every = 10 * time.Millisecond
		worst := time.Duration(0)
		for {
			slept := time.Now()
			select {
			case <-time.After(every):
				worst = max(worst, time.Since(slept)-every)
			case <-stop:
				latest <- max(worst, time.Since(slept)-every)
				return
			}
		}
	}()
	return end
}
