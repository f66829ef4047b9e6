package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var changeTests = map[string]func(*testing.T, *fixture){
	"what happens to a link is told in order": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.clock.pass(time.Minute)
		title := "A page"
		if _, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Title: &title}); err != nil {
			t.Fatal(err)
		}
		changes := f.changes("ann", 0)
		f.equal("changes", kinds(changes), []string{"added", "checked pending", "edited"})
		for _, c := range changes {
			if c.LinkID != l.ID || c.Link == nil || c.Link.Title != title || c.At.IsZero() {
				t.Errorf("change is %+v", c)
			}
		}
		f.delete(l)
		after := f.changes("ann", changes[2].Number)
		f.equal("changes", kinds(after), []string{"deleted"})
		if after[0].Link != nil {
			t.Error("a deleted link is there")
		}
	},
	"owners are told of their own links": func(_ *testing.T, f *fixture) {
		f.add("ann", page(1))
		f.add("bob", page(1))
		f.answer(f.claimOne(store.LaneAdded), check.NotFound)
		f.add("cid", page(2))
		f.equal("ann's", kinds(f.changes("ann", 0)), []string{"added", "checked pending"})
		f.equal("bob's", kinds(f.changes("bob", 0)), []string{"added", "checked pending"})
		f.equal("cid's", kinds(f.changes("cid", 0)), []string{"added"})
		f.equal("nobody's", kinds(f.changes("dan", 0)), []string{})
	},
	"a check that finds the same is told to nobody but who asked for it": func(t *testing.T, f *fixture) {
		ann := f.checked("ann", page(1), check.OK)
		f.add("bob", page(1))
		f.settle()
		last := f.read64(f.NumberChanges)
		f.clock.pass(longestDay)
		f.equal("outcome", f.answer(f.claimOne(store.LaneDue), check.OK), store.Applied)
		f.equal("routine", kinds(append(f.changes("ann", last), f.changes("bob", last)...)), []string{})
		if _, err := f.CheckNow(t.Context(), "ann", ann.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		f.equal("who asked", kinds(f.changes("ann", last)), []string{"checked"})
		f.equal("the other", kinds(f.changes("bob", last)), []string{})
	},
	"a link that its owner says is fine tells that it was checked": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.NotFound)
		fine := string(link.Fine)
		f.clock.pass(time.Hour)
		if _, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Overrule: &fine}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.CheckNow(t.Context(), "ann", l.ID); err != nil {
			t.Fatal(err)
		}
		last := f.read64(f.NumberChanges)
		f.answer(f.claimOne(store.LaneAdded), check.NotFound)
		f.equal("changes", kinds(f.changes("ann", last)), []string{"checked"})
	},
	"changes that are committed at once are all told, each once, and none behind what was told": func(t *testing.T, f *fixture) {
		const writers, each = 8, 25
		stores := []*store.Store{f.Store, f.open()}
		ctx, done := context.WithCancel(t.Context())
		defer done()
		var reading sync.WaitGroup
		seen := make([][]int64, 2)
		for reader, s := range stores {
			reading.Go(func() {
				var after int64
				for last := false; !last; {
					last = ctx.Err() != nil
					if _, err := s.NumberChanges(t.Context()); err != nil {
						t.Error(err)
						return
					}
					changes, err := s.Changes(t.Context(), "ann", after, 10)
					if err != nil {
						t.Error(err)
						return
					}
					for _, c := range changes {
						seen[reader], after = append(seen[reader], c.Number), c.Number
					}
					last = last && len(changes) == 0
				}
			})
		}
		f.each(writers, func(ctx context.Context, i int) error {
			for n := range each {
				if _, err := stores[i%2].Add(ctx, "ann", link.Draft{URL: page(i*each + n)}); err != nil {
					return err
				}
			}
			return nil
		})
		done()
		reading.Wait()
		for _, numbers := range seen {
			if len(numbers) != writers*each || !slices.IsSorted(numbers) || len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
				t.Errorf("%d changes were read of %d: %v", len(numbers), writers*each, numbers)
			}
		}
	},
	"old changes go, and their numbers do not come again": func(t *testing.T, f *fixture) {
		f.clock.pass(time.Since(f.clock.Now())) // they are dated by the database's clock
		f.add("ann", page(1))
		f.add("ann", page(2))
		last := f.read64(f.NumberChanges)
		f.equal("oldest", f.read64(f.OldestChange), last-1)
		f.clock.pass(store.ChangesKept - time.Hour)
		f.equal("forgotten", f.forget(f.ForgetChanges), 0)
		f.clock.pass(2 * time.Hour)
		f.equal("forgotten", f.forget(f.ForgetChanges), 2)
		f.equal("oldest", f.read64(f.OldestChange), int64(0))
		f.equal("last", f.read64(f.NumberChanges), last)
		f.add("ann", page(3))
		f.equal("number", f.changes("ann", last)[0].Number, last+1)
	},
	"whoever writes is heard": func(t *testing.T, f *fixture) {
		written := 0
		f.config.Written = func() { written++ }
		s := f.open()
		l, err := s.Add(t.Context(), "ann", link.Draft{URL: page(1)})
		if err != nil || written != 1 {
			t.Errorf("%d were heard: %v", written, err)
		}
		_, _ = s.Add(t.Context(), "ann", link.Draft{URL: page(1)})
		if _, err := s.Get(t.Context(), "ann", l.ID); err != nil || written != 1 {
			t.Errorf("%d were heard: %v", written, err)
		}
	},
}

// changes numbers what happened and reads what happened to the owner's links after that change.
func (f *fixture) changes(owner string, after int64) []store.Change {
	f.t.Helper()
	f.read64(f.NumberChanges)
	changes, err := f.Changes(f.t.Context(), owner, after, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return changes
}

func (f *fixture) read64(read func(context.Context) (int64, error)) int64 {
	f.t.Helper()
	n, err := read(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func (f *fixture) forget(some func(context.Context, int) (int, error)) int {
	f.t.Helper()
	n, err := some(f.t.Context(), 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// kinds are what happened, with the status that there was before.
func kinds(changes []store.Change) []string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = string(c.Kind)
		if c.PreviousStatus != "" {
			all[i] = fmt.Sprint(c.Kind, " ", c.PreviousStatus)
		}
	}
	return all
}
