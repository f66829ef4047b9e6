package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var dayTests = map[string]func(*testing.T, *fixture){
	"a day counts its answers and how long they took, in UTC": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		midnight := start.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		f.clock.pass(midnight.Sub(start) - time.Microsecond)
		f.recheck(l, check.OK, 10)
		f.clock.pass(time.Microsecond)
		for _, reason := range []check.Reason{check.OK, check.Gone, check.NotFound, check.ServerError} {
			f.recheck(l, reason, int64(len(reason)))
		}
		f.equal("days", f.days(l), []store.Day{
			{Date: midnight, Valid: 1, Invalid: 2, Pending: 1, DurationMS: 2 + 4 + 9 + 12, SlowestMS: 12},
			{Date: midnight.Add(-24 * time.Hour), Valid: 1, DurationMS: 10, SlowestMS: 10},
		})
	},
	"a link that was never checked has no days": func(t *testing.T, f *fixture) {
		f.equal("days", f.days(f.add("ann", page(1))), []store.Day{})
	},
	"answers that are no longer kept whole are still counted": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		var want []store.Day
		for i := range 130 {
			now := f.clock.pass(5 * time.Hour)
			f.recheck(l, []check.Reason{check.OK, check.Gone, check.Reset}[i%3], int64(1000-i))
			if date := now.Truncate(24 * time.Hour); len(want) == 0 || !want[0].Date.Equal(date) {
				want = append([]store.Day{{Date: date}}, want...)
			}
			today := &want[0]
			*[]*int{&today.Valid, &today.Invalid, &today.Pending}[i%3]++
			today.DurationMS += int64(1000 - i)
			today.SlowestMS = max(today.SlowestMS, int64(1000-i))
			if i%10 == 9 || i > store.ChecksKept-3 && i < store.ChecksKept+3 {
				f.equal("answers shown", len(f.history(l)), min(i+1, store.ChecksKept))
			}
			if kept := f.number(`SELECT count(*) FROM checks`); kept < min(i+1, store.ChecksKept) || kept > store.ChecksKept+9 {
				t.Fatalf("%d answers are kept after %d", kept, i+1)
			}
		}
		want = want[:len(want)-1] // the day of linking is counted from what is kept, and nothing of it is
		f.equal("days", f.days(l), want)
		f.equal("newest answer", f.history(l)[0].DurationMS, int64(1000-129))
		f.equal("oldest answer", f.history(l)[99].DurationMS, int64(1000-30))
	},
	"the dispatcher counts what was trimmed as far as it needs": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.recheckMany(l, check.OK, 1, 2*store.ChecksKept)
		got, err := f.Applied(t.Context(), store.LaneAdded, start)
		f.equal("error", err, nil)
		if got < store.ChecksKept {
			t.Errorf("counted %d results", got)
		}
	},
	"nothing from before the link is counted, also not of its first day": func(t *testing.T, f *fixture) {
		bob := f.add("bob", page(1))
		f.recheckMany(bob, check.Gone, 5, 120) // of which the first are counted by the day
		f.clock.pass(time.Second)
		ann := f.add("ann", page(1))
		today := start.UTC().Truncate(24 * time.Hour)
		f.equal("before a check", f.days(ann), []store.Day{})
		f.recheck(ann, check.OK, 3)
		f.equal("after one", f.days(ann), []store.Day{{Date: today, Valid: 1, DurationMS: 3, SlowestMS: 3}})
		f.clock.pass(24 * time.Hour)
		f.recheckMany(ann, check.OK, 3, 120)
		f.equal("of two days", f.days(ann), []store.Day{{Date: today.Add(24 * time.Hour), Valid: 120, DurationMS: 360, SlowestMS: 3}})
	},
	"days are told for 400 days": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.clock.pass(24 * time.Hour)
		f.recheckMany(l, check.OK, 1, 120)
		f.clock.pass((store.DaysKept - 1) * 24 * time.Hour)
		f.equal("the 400th", len(f.days(l)), 1)
		f.clock.pass(24 * time.Hour)
		f.equal("after it", f.days(l), []store.Day{})
	},
}

// recheck has the link checked now, whether or not it is due.
func (f *fixture) recheck(l link.Link, reason check.Reason, durationMS int64) {
	f.t.Helper()
	if _, err := f.CheckNow(f.t.Context(), l.Owner, l.ID); err != nil {
		f.t.Fatal(err)
	}
	answer := answerTo(f.claimOne(store.LaneAdded), reason)
	answer.DurationMS = durationMS
	f.equal("outcome", f.apply(answer), store.Applied)
}

// recheckMany leaves what n times recheck at one moment leave: all but the first and the last are copied, past the store.
func (f *fixture) recheckMany(l link.Link, reason check.Reason, durationMS int64, n int) {
	f.t.Helper()
	f.recheck(l, reason, durationMS)
	first := f.history(l)[0].CheckID
	f.raw(fmt.Sprintf(`
		WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
		INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
		SELECT check_id || ' ' || i, target_id, lane, attempt, status, reason, http_status, checked_at, result
		FROM checks, numbers
		WHERE check_id = '%s'`, n-2, first))
	f.raw(fmt.Sprintf(`UPDATE targets SET kept = kept + %d WHERE id = (SELECT target_id FROM checks WHERE check_id = '%s')`, n-2, first))
	f.recheck(l, reason, durationMS)
}

func (f *fixture) days(l link.Link) []store.Day {
	f.t.Helper()
	days, err := f.Days(f.t.Context(), l.Owner, l.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return days
}
