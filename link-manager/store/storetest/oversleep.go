package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// oversleepTests are about a clock that was ahead by years for a while.
var oversleepTests = map[string]func(*testing.T, *fixture){
	"what was answered while a clock was ahead is checked again now": func(t *testing.T, f *fixture) {
		f.clock.pass(years)
		l := f.checked("ann", page(1), check.OK)
		f.clock.pass(-years)
		f.equal("claimed before", f.claim(store.LaneDue, 10), []store.Claim(nil))
		f.wakes(1)
		f.equal("claimed", urls(f.claim(store.LaneDue, 10)), []string{page(1)})
		f.equal("next", f.get(l).NextCheckAt, f.clock.Now().UTC())
		f.wakes(0)
	},
	"so is what was asked while it was ahead, once its answer is not waited for any more": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		f.clock.pass(years)
		f.claimOne(store.LaneAdded)
		f.clock.pass(-years)
		f.equal("claimed before", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.wakes(1)
		f.equal("claimed", urls(f.claim(store.LaneAdded, 10)), []string{page(1)})
	},
	"a host that was asked while it was ahead is asked": func(t *testing.T, f *fixture) {
		f.clock.pass(years)
		f.fill("ann", "example.com", 1)
		f.answer(f.claimPolitely(store.LaneAdded).Claims[0], check.RateLimited)
		f.clock.pass(-years)
		f.fill("bob", "example.com", 1)
		f.add("bob", "http://example.com/new")
		f.clock.pass(time.Second)
		f.equal("claimed", urls(f.claimPolitely(store.LaneAdded).Claims), []string{"http://example.com/new"})
	},
	"what was applied while it was ahead was not applied lately": func(t *testing.T, f *fixture) {
		f.clock.pass(years)
		f.checked("ann", page(1), check.OK)
		f.clock.pass(-years)
		f.counts(store.LaneAdded, f.clock.Now().Add(-time.Minute), 0, 0)
	},
	"blindness that was noticed while it was ahead has ended": func(t *testing.T, f *fixture) {
		now := start.UTC()
		f.notice(store.Blindness{Cause: "canaries", Why: "none", Since: now.Add(years), Until: now.Add(years + time.Minute)})
		f.blindness(store.Blindness{Cause: "canaries", Why: "none", Since: now.Add(-24 * time.Hour), Until: now})
		f.equal("error", f.ForgetBlindness(t.Context()), nil)
		f.blindness()
	},
	"nobody is woken who rests as long as he may": func(t *testing.T, f *fixture) {
		f.checked("ann", page(1), check.OK)
		for range 20 {
			f.clock.pass(link.LongestRest)
			f.answer(f.claimOne(store.LaneDue), check.OK)
			f.wakes(0)
		}
		f.add("ann", page(2))
		f.claimOne(store.LaneAdded)
		f.wakes(0)
	},
	"no more are woken at once than is asked for": func(t *testing.T, f *fixture) {
		f.clock.pass(years)
		for i := range 5 {
			f.checked("ann", page(i), check.OK)
		}
		f.clock.pass(-years)
		for _, want := range []int{2, 2, 1, 0} {
			n, err := f.WakeOversleepers(t.Context(), lease, 2)
			f.equal("error", err, nil)
			f.equal("woken", n, want)
		}
	},
}

const years = 14 * 365 * 24 * time.Hour

func (f *fixture) wakes(want int) {
	f.t.Helper()
	n, err := f.WakeOversleepers(f.t.Context(), lease, 100)
	f.equal("error", err, nil)
	f.equal("woken", n, want)
}
