package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
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
	"the newest of many links in one question": func(t *testing.T, f *fixture) {
		first, second, his := f.checked("ann", page(1), check.OK), f.checked("ann", page(2), check.Gone), f.checked("bob", page(4), check.OK)
		fresh := f.add("ann", page(3))
		ids := []string{first.ID, second.ID, fresh.ID, his.ID, "nonsense"}
		got, err := f.Latest(t.Context(), "ann", ids, 9)
		f.equal("error", err, nil)
		f.equal("latest", got, map[string][]check.Status{first.ID: {check.Valid}, second.ID: {check.Invalid}})
		got, err = f.Latest(t.Context(), "ann", nil, 9)
		f.equal("error", err, nil)
		f.equal("of none", len(got), 0)
	},
}

// latestAre fails the test unless the newest statuses of a link are those of its history.
func (f *fixture) latestAre(l link.Link, history []store.Check) {
	f.t.Helper()
	for _, limit := range []int{2, len(history), store.ChecksKept + 10} {
		got, err := f.Latest(f.t.Context(), l.Owner, []string{l.ID}, limit)
		f.equal("error", err, nil)
		var want []check.Status
		for _, c := range history[:min(len(history), limit)] {
			want = append(want, c.Status)
		}
		f.equal("latest", got[l.ID], want)
	}
}

func reasons(checks []store.Check) []check.Reason {
	var all []check.Reason
	for _, c := range checks {
		all = append(all, c.Reason)
	}
	return all
}
