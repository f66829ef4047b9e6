package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

var dueNowTests = map[string]func(*testing.T, *fixture){
	"a target that was given up is due now, with its attempts": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		if _, err := f.Release(t.Context(), claim.CheckID, start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		f.clock.pass(time.Minute)
		f.dueNow(claim, true)
		f.equal("attempt", f.claimOne(store.LaneAdded).Attempt, 2)
	},
	"one whose check was given up and is still waited for is due now": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.dueNow(claim, true)
		f.equal("its answer", f.answer(claim, check.OK), store.Late)
		f.equal("attempt", f.claimOne(store.LaneAdded).Attempt, 2)
	},
	"a later check that is out is waited for": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		givenUp := f.claimOne(store.LaneAdded)
		f.clock.pass(lease)
		claim := f.claimOne(store.LaneAdded)
		f.dueNow(givenUp, true)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.equal("its answer", f.answer(claim, check.OK), store.Applied)
	},
	"a target that was answered meanwhile is checked again": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.answer(claim, check.OK)
		now := f.clock.pass(time.Minute)
		f.dueNow(claim, true)
		f.equal("next check", f.get(l).NextCheckAt, now)
		f.claimOne(store.LaneDue)
	},
	"one that is due already keeps its place": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.clock.pass(time.Minute)
		f.dueNow(store.Claim{URL: l.URL, CheckID: "00000000000000000000000000000000"}, true)
		f.equal("next check", f.get(l).NextCheckAt, start.UTC())
	},
	"a target that nobody has a link to any more stays as it is": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.delete(l)
		f.dueNow(claim, false)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"there is none of another url": func(_ *testing.T, f *fixture) {
		f.add("ann", page(1))
		f.dueNow(store.Claim{URL: page(2)}, false)
		f.dueNow(store.Claim{URL: "\x00\xff", CheckID: "0"}, false)
	},
}

func (f *fixture) dueNow(c store.Claim, want bool) {
	f.t.Helper()
	got, err := f.DueNow(f.t.Context(), c.URL, c.CheckID)
	f.equal("error", err, nil)
	f.equal("due", got, want)
}
