package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var forgetTests = map[string]func(*testing.T, *fixture){
	"a target that no link leads to goes after 30 days, with its history": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.recheckMany(l, check.OK, 1, store.ChecksKept+10)
		moved := f.checked("ann", page(2), check.OK)
		url := page(3)
		f.delete(l)
		if _, err := f.Update(t.Context(), "ann", moved.ID, store.Patch{URL: &url}); err != nil {
			t.Fatal(err)
		}
		f.clock.pass(store.OrphansKept - time.Microsecond)
		f.forgets(0, 0)
		f.clock.pass(time.Microsecond)
		f.forgets(2, 0)
		f.forgets(0, 0)
		f.equal("targets left", f.number(`SELECT count(*) FROM targets`), 1)
		f.equal("answers left", f.number(`SELECT count(*) FROM checks`), 0)
		f.equal("days left", f.number(`SELECT count(*) FROM check_days`), 0)
		again := f.add("ann", page(1))
		f.equal("saved again", again.Status, check.Pending)
		f.equal("claims", len(f.claim(store.LaneAdded, 10)), 2)
	},
	"a target that is saved again lives on with what is known": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.NotFound)
		f.delete(l)
		f.clock.pass(store.OrphansKept - time.Hour)
		f.add("bob", page(1))
		f.clock.pass(2 * store.OrphansKept)
		f.forgets(0, 0)
		f.equal("answers left", f.number(`SELECT count(*) FROM checks`), 1)
	},
	"a target that another link leads to is no orphan": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.add("bob", page(1))
		f.delete(l)
		f.clock.pass(2 * store.OrphansKept)
		f.forgets(0, 0)
	},
	"a target to be settled can be forgotten": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.OK)
		f.delete(f.add("ann", page(1)))
		f.delete(f.list("bob", store.Filter{})[0])
		f.clock.pass(store.OrphansKept)
		f.forgets(1, 0)
	},
	"days go when they are no longer told": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		for range store.ChecksKept + 10 {
			f.clock.pass(24 * time.Hour)
			f.recheck(l, check.OK, 1)
		}
		f.clock.pass((store.DaysKept - store.ChecksKept - 10) * 24 * time.Hour)
		f.forgets(0, 0)
		f.clock.pass(4 * 24 * time.Hour)
		before := f.days(l)
		f.forgets(0, 4)
		f.equal("days", f.days(l), before)
		f.equal("days left", f.number(`SELECT count(*) FROM check_days`), 6)
	},
	"no more are forgotten at once than was said": func(t *testing.T, f *fixture) {
		for i := range 5 {
			f.delete(f.add("ann", page(i)))
		}
		f.clock.pass(store.OrphansKept)
		for _, want := range []int{2, 2, 1, 0} {
			got, err := f.ForgetOrphans(t.Context(), 2)
			f.equal("error", err, nil)
			f.equal("forgotten", got, want)
		}
	},
	"several forget while others save again": func(t *testing.T, f *fixture) {
		const targets = 60
		for i := range targets {
			f.delete(f.add("ann", page(i)))
		}
		f.clock.pass(store.OrphansKept)
		stores := []*store.Store{f.Store, f.open()}
		f.each(4, func(ctx context.Context, i int) error {
			for n := range targets {
				var err error
				if s := stores[i%2]; i < 2 {
					_, err = s.ForgetOrphans(ctx, 3)
				} else {
					_, err = s.Add(ctx, []string{"bob", "cid"}[i%2], link.Draft{URL: page(n)})
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), targets)
		f.equal("claims", len(f.claim(store.LaneAdded, 2*targets)), targets)
	},
}

// forgets expects so many orphans and days to be forgotten.
func (f *fixture) forgets(orphans, days int) {
	f.t.Helper()
	got, err := f.ForgetOrphans(f.t.Context(), 100)
	f.equal("error", err, nil)
	f.equal("orphans forgotten", got, orphans)
	got, err = f.ForgetDays(f.t.Context(), 100)
	f.equal("error", err, nil)
	f.equal("days forgotten", got, days)
}
