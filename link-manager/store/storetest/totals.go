package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

// totalTests are about totals by day. They run by the database's clock, which tells what day it is.
var totalTests = map[string]func(*testing.T, *fixture){
	"an owner who never had a link has none": func(t *testing.T, f *fixture) {
		f.toToday()
		f.add("ann", page(1))
		f.equal("days", f.totals("bob", 7), []store.Totals(nil))
	},
	"a day is what there was at its end, and days without a change are like the one before": func(t *testing.T, f *fixture) {
		today := f.toToday()
		a := f.checked("ann", page(1), check.OK)
		f.checked("ann", page(2), check.Gone)
		f.daysPass(5)
		f.delete(a)
		f.daysPass(1)
		f.add("ann", page(3))
		day := func(ago, links, valid, pending int) store.Totals {
			return store.Totals{Date: today.AddDate(0, 0, -ago), Links: links, Valid: valid, Invalid: 1, Pending: pending}
		}
		f.equal("from before the first", f.totals("ann", 30), []store.Totals{
			day(6, 2, 1, 0), day(5, 2, 1, 0), day(4, 2, 1, 0), day(3, 2, 1, 0), day(2, 2, 1, 0), day(1, 1, 0, 0), day(0, 2, 0, 1),
		})
		f.equal("from within", f.totals("ann", 3), []store.Totals{day(2, 2, 1, 0), day(1, 1, 0, 0), day(0, 2, 0, 1)})
	},
	"today is like the totals, whatever happens": func(t *testing.T, f *fixture) {
		f.toToday()
		for i := range 6 {
			f.add("ann", page(i))
		}
		for i, c := range f.claim(store.LaneAdded, 6) {
			f.answer(c, []check.Reason{check.OK, check.Gone, check.Forbidden}[i%3])
		}
		f.delete(f.list("ann", store.Filter{})[0])
		s := f.stats("ann")
		days := f.totals("ann", 1)
		today := days[len(days)-1]
		today.Date = time.Time{}
		f.equal("today", today, store.Totals{Links: s.Links, Valid: s.Valid, Invalid: s.Invalid, Pending: s.Pending, Failing: s.Failing, Moved: s.Moved})
	},
	"old days are forgotten, but for the one that later ones are like": func(t *testing.T, f *fixture) {
		f.toToday()
		for i := range 3 {
			f.add("ann", page(i))
			f.daysPass(1)
		}
		f.daysPass(500)
		before := f.totals("ann", 400)
		if n, err := f.ForgetTotals(t.Context(), 1); n != 1 || err != nil {
			t.Errorf("forgot %d: %v", n, err)
		}
		for range 2 {
			if _, err := f.ForgetTotals(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
		}
		f.equal("after", f.totals("ann", 400), before)
		f.equal("rows left of each shard", f.number(`SELECT max(n) FROM (SELECT count(*) AS n FROM total_days WHERE shard > 0 GROUP BY owner, shard) AS rows`), 1)
		f.equal("links", before[0].Links, 3)
	},
}

// toToday sets the clock to the time of the database, and returns when its day began.
func (f *fixture) toToday() time.Time {
	f.t.Helper()
	return f.clock.pass(time.Since(f.clock.Now())).Truncate(24 * time.Hour)
}

// daysPass makes everything that happened until now older.
func (f *fixture) daysPass(n int) {
	f.t.Helper()
	f.raw(`UPDATE total_days SET day = -day`) // no two rows may be the same on the way
	f.raw(fmt.Sprintf(`UPDATE total_days SET day = -day - %d`, n))
}

func (f *fixture) totals(owner string, last int) []store.Totals {
	f.t.Helper()
	days, err := f.Totals(f.t.Context(), owner, last)
	if err != nil {
		f.t.Fatal(err)
	}
	return days
}
