package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var settleTests = map[string]func(*testing.T, *fixture){
	"a link to a fresh target is settled without a check, as if it had been checked by then": func(t *testing.T, f *fixture) {
		bob := f.checked("bob", page(1), check.NotFound)
		now := f.clock.pass(time.Hour)
		ann := f.add("ann", page(1))
		f.equal("saved", ann.Standing, link.Standing{Status: check.Pending, NextCheckAt: now})
		f.equal("read back", f.get(ann), ann)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		then := f.clock.pass(time.Second)
		f.equal("settled", f.settle(), 1)
		ann.Standing = link.Standing{
			Status: check.Invalid, Reason: check.NotFound,
			Last:         link.Answer{Status: check.Invalid, Reason: check.NotFound, HTTPStatus: 299, CheckedAt: then},
			FailingSince: then, NextCheckAt: bob.NextCheckAt,
		}
		f.equal("afterwards", f.get(ann), ann)
		told := f.history(bob)
		told[0].CheckedAt = then
		f.equal("history", f.history(ann), told)
		f.equal("its days", f.days(ann), []store.Day{{Date: then.Truncate(24 * time.Hour).UTC(), Invalid: 1, DurationMS: told[0].DurationMS, SlowestMS: told[0].DurationMS}})
		f.latestAre(ann, told)
		f.equal("found as failing since then", ids(f.list("ann", store.Filter{Query: query(t, "checked:<1h failing:<1h")})), []string{ann.ID})
		f.equal("settled again", f.settle(), 0)
		// It stays the first of its answers, also when others come, and when it was deleted and came back.
		f.clock.pass(longestDay)
		f.answer(f.claimOne(store.LaneDue), check.OK)
		f.trash(ann)
		f.restore(ann)
		got := f.history(ann)
		f.latestAre(ann, got)
		f.equal("answers", len(got), 2)
		f.equal("the first of them", got[1], told[0])
	},
	"a link to a stale target waits for a check": func(t *testing.T, f *fixture) {
		bob := f.checked("bob", page(1), check.OK)
		now := f.clock.pass(link.FreshFor)
		ann := f.add("ann", page(1))
		f.equal("saved", ann.Standing, link.Standing{Status: check.Pending, NextCheckAt: now})
		f.equal("settled", f.settle(), 0)
		f.equal("status meanwhile", f.get(ann).Status, check.Pending)
		f.equal("status of the other meanwhile", f.get(bob).Status, check.Valid)
		f.answer(f.claimOne(store.LaneAdded), check.BlockedAddress)
		f.equal("status", f.get(ann).Status, check.Invalid)
		f.equal("status of the other", f.get(bob).Status, check.Invalid)
		f.equal("answers ann sees", len(f.history(ann)), 1)
		f.equal("answers bob sees", len(f.history(bob)), 2)
	},
	"a link to a target that is being checked waits for that check": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.OK)
		f.clock.pass(longestDay)
		claim := f.claimOne(store.LaneDue)
		ann := f.add("ann", page(1))
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.answer(claim, check.OK)
		f.equal("status", f.get(ann).Status, check.Valid)
	},
	"many targets are settled in transactions of any size": func(t *testing.T, f *fixture) {
		for _, limit := range []int{1, 3, 100} {
			for i := range 7 {
				f.checked("bob", page(100*limit+i), check.OK)
				f.add("ann", page(100*limit+i))
			}
			f.add("cid", page(100*limit))
			got, err := f.Settle(t.Context(), limit)
			f.equal("error", err, nil)
			f.equal("settled", got, 8)
			f.equal("still pending", f.list("ann", store.Filter{Status: check.Pending}), []link.Link{})
		}
	},
	"a link deleted before it is settled is no trouble": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.OK)
		f.delete(f.add("ann", page(1)))
		f.equal("settled", f.settle(), 0)
	},
}
