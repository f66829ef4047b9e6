package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/store"
)

var historyTests = map[string]func(*testing.T, *fixture){
	"the whole answer is kept, with the time it was applied": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		answer := event.Checked{CheckID: f.claimOne(store.LaneAdded).CheckID, Result: check.Result{
			URL: page(1), HTTPStatus: 200, FinalURL: page(3), MovedTo: page(2), Method: "GET",
			Redirects: []check.Redirect{{URL: page(1), HTTPStatus: 301}, {URL: page(2), HTTPStatus: 302}},
			Notes:     []check.Note{check.MovedPermanently}, RetryAfterSeconds: 3,
			CertificateExpiresAt: start.UTC(), Timings: check.Timings{DNS: 1, Connect: 2, TLS: 3, FirstByte: 4},
			DurationMS: 11, CheckedAt: start.Add(-time.Hour).UTC(), // by a clock that is slow
		}}
		answer.Decide(check.OK)
		now := f.clock.pass(time.Second)
		f.equal("outcome", f.apply(answer), store.Applied)
		answer.CheckedAt = now
		f.equal("history", f.history(l), []store.Check{{CheckID: answer.CheckID, Attempt: 1, Result: answer.Result}})
	},
	"newest first, no more than asked for, from the link's own beginning": func(t *testing.T, f *fixture) {
		bob := f.checked("bob", page(1), check.OK)
		f.clock.pass(48 * time.Hour)
		ann := f.add("ann", page(1))
		lane := store.LaneAdded
		for _, reason := range []check.Reason{check.OK, check.Gone, check.NotFound} {
			f.answer(f.claimOne(lane), reason)
			f.clock.pass(48 * time.Hour)
			lane = store.LaneDue
		}
		f.equal("ann", reasons(f.history(ann)), []check.Reason{check.NotFound, check.Gone, check.OK})
		f.equal("bob", reasons(f.history(bob)), []check.Reason{check.NotFound, check.Gone, check.OK, check.OK})
		for limit, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 9: 3} {
			got, err := f.Checks(t.Context(), "ann", ann.ID, limit)
			f.equal("error", err, nil)
			f.equal("number", len(got), want)
		}
	},
}

func reasons(checks []store.Check) []check.Reason {
	var all []check.Reason
	for _, c := range checks {
		all = append(all, c.Reason)
	}
	return all
}
