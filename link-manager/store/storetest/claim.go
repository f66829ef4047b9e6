package storetest

import (
	"regexp"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var claimTests = map[string]func(*testing.T, *fixture){
	"a claim says whom to ask, until when, and is made once": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(claim.CheckID) {
			t.Errorf("check id %q", claim.CheckID)
		}
		f.equal("claim", claim, store.Claim{
			CheckID: claim.CheckID, TargetID: claim.TargetID, URL: page(1), Attempt: 1, Confirm: true,
			Lane: store.LaneAdded, LeaseUntil: start.Add(lease).UTC(),
		})
		f.clock.pass(lease - time.Microsecond)
		f.equal("claims before the lease ends", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"an ended lease gives a new id, and the old one's answer is late": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		first := f.claimOne(store.LaneAdded)
		f.clock.pass(lease)
		second := f.claimOne(store.LaneAdded)
		f.equal("attempt", second.Attempt, 2)
		if second.CheckID == first.CheckID {
			t.Error("the id is the same")
		}
		f.equal("old answer", f.answer(first, check.Gone), store.Late)
		f.equal("status", f.get(l).Status, check.Pending)
		f.equal("new answer", f.answer(second, check.OK), store.Applied)
		f.equal("status", f.get(l).Status, check.Valid)
		f.equal("attempt in the history", f.history(l)[0].Attempt, 2)
	},
	"an answer counts after its lease, until somebody else is asked": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.clock.pass(10 * lease)
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"oldest due first, no more than asked for": func(t *testing.T, f *fixture) {
		for i := range 5 {
			f.add("ann", page(i))
			f.clock.pass(time.Microsecond)
		}
		f.equal("first", urls(f.claim(store.LaneAdded, 2)), []string{page(0), page(1)})
		f.equal("none", f.claim(store.LaneAdded, 0), []store.Claim(nil))
		f.equal("rest", urls(f.claim(store.LaneAdded, 10)), []string{page(2), page(3), page(4)})
	},
	"ended leases queue behind what was due before them": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		f.claimOne(store.LaneAdded)
		f.clock.pass(lease / 2)
		f.add("ann", page(2))
		f.clock.pass(lease)
		f.add("ann", page(3))
		f.equal("order", urls(f.claim(store.LaneAdded, 10)), []string{page(2), page(1), page(3)})
	},
	"lanes are apart: answered targets come due in the other one": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.clock.pass(l.NextCheckAt.Sub(start) - time.Microsecond)
		f.equal("too early", f.claim(store.LaneDue, 10), []store.Claim(nil))
		f.clock.pass(time.Microsecond)
		f.equal("in the wrong lane", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.claimOne(store.LaneDue)
		f.equal("next check stays", f.get(l).NextCheckAt, f.clock.Now().UTC())
	},
	"confirm is asked for unless the target is well": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		for _, step := range []struct {
			answer  check.Reason
			confirm bool
		}{
			{check.ServerError, true}, {check.OK, false}, {check.ServerError, true}, {check.OK, false}, {check.NotFound, true},
		} {
			f.equal("outcome", f.answer(claim, step.answer), store.Applied)
			if _, err := f.CheckNow(t.Context(), "ann", l.ID); err != nil {
				t.Fatal(err)
			}
			claim = f.claimOne(store.LaneAdded)
			f.equal("confirm after "+string(step.answer), claim.Confirm, step.confirm)
			f.equal("attempt after "+string(step.answer), claim.Attempt, 1)
		}
	},
	"a released check is due again when it was said, with its attempts": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		until := start.Add(time.Hour)
		for _, step := range []struct {
			name, id string
			want     bool
		}{
			{"unknown", "00000000000000000000000000000000", false},
			{"malformed", "\x00", false},
			{"outstanding", claim.CheckID, true},
			{"again", claim.CheckID, false},
		} {
			got, err := f.Release(t.Context(), step.id, until)
			f.equal(step.name, err, nil)
			f.equal(step.name, got, step.want)
		}
		f.equal("its answer", f.answer(claim, check.OK), store.Late)
		f.equal("next check", f.get(l).NextCheckAt, until.UTC())
		f.clock.pass(time.Hour - time.Microsecond)
		f.equal("claims too early", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.clock.pass(time.Microsecond)
		f.equal("attempt", f.claimOne(store.LaneAdded).Attempt, 2)
	},
	"outstanding and applied are counted by lane": func(t *testing.T, f *fixture) {
		for i := range 3 {
			f.add("ann", page(i))
		}
		claims := f.claim(store.LaneAdded, 10)
		f.counts(store.LaneAdded, start, 3, 0)
		f.answer(claims[0], check.OK)
		later := f.clock.pass(lease - time.Microsecond)
		f.answer(claims[1], check.OK)
		f.counts(store.LaneAdded, start, 1, 2)
		f.counts(store.LaneAdded, later, 1, 1)
		f.clock.pass(time.Microsecond)
		f.counts(store.LaneAdded, later.Add(time.Microsecond), 0, 0)
		f.counts(store.LaneDue, start, 0, 0)
		f.clock.pass(longestDay)
		f.answer(f.claim(store.LaneDue, 1)[0], check.OK)
		f.counts(store.LaneDue, start, 0, 1)
	},
	"the backlog tells who waited longest": func(t *testing.T, f *fixture) {
		f.backlog(store.Backlog{})
		f.add("ann", page(1))
		f.clock.pass(time.Minute)
		f.add("ann", page(2))
		f.backlog(store.Backlog{Added: store.LaneBacklog{OldestDue: start.UTC()}})
		f.claim(store.LaneAdded, 1)
		f.backlog(store.Backlog{Added: store.LaneBacklog{OldestDue: start.Add(time.Minute).UTC(), Outstanding: 1}})
		claim := f.claimOne(store.LaneAdded)
		f.backlog(store.Backlog{Added: store.LaneBacklog{Outstanding: 2}})
		answered := f.clock.Now()
		f.answer(claim, check.OK)
		f.backlog(store.Backlog{Added: store.LaneBacklog{Outstanding: 1}})
		f.clock.pass(48 * time.Hour)
		f.backlog(store.Backlog{
			Added: store.LaneBacklog{OldestDue: start.Add(time.Minute + lease).UTC()},
			Due:   store.LaneBacklog{OldestDue: link.Spread(answered, answered.Add(24*time.Hour), claim.CheckID).UTC()},
		})
	},
}

func (f *fixture) counts(lane store.Lane, since time.Time, outstanding, applied int) {
	f.t.Helper()
	got, err := f.Outstanding(f.t.Context(), lane)
	f.equal("error", err, nil)
	f.equal("outstanding", got, outstanding)
	got, err = f.Applied(f.t.Context(), lane, since)
	f.equal("error", err, nil)
	f.equal("applied", got, applied)
}

func (f *fixture) backlog(want store.Backlog) {
	f.t.Helper()
	got, err := f.Backlog(f.t.Context())
	f.equal("error", err, nil)
	f.equal("backlog", got, want)
}
