package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var countTests = map[string]func(*testing.T, *fixture){
	"an owner without links has none": func(t *testing.T, f *fixture) {
		f.add("bob", page(1))
		f.equal("totals", f.stats("ann"), store.Stats{})
	},
	"totals are right after a walk through everything": func(t *testing.T, f *fixture) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		owners := []string{"ann", "bob", "cleo"}
		for step := range 250 {
			f.step(random, owners[random.IntN(len(owners))])
			if step%25 == 24 {
				for _, owner := range owners {
					f.equal(fmt.Sprintf("totals of %s after %d steps", owner, step+1), f.stats(owner), f.counted(owner))
				}
			}
		}
	},
}

func (f *fixture) stats(owner string) store.Stats {
	f.t.Helper()
	stats, err := f.Stats(f.t.Context(), owner)
	if err != nil {
		f.t.Fatal(err)
	}
	return stats
}

// counted counts what Stats tells, of what the owner is shown.
func (f *fixture) counted(owner string) (s store.Stats) {
	f.t.Helper()
	for _, l := range f.list(owner, store.Filter{}) {
		s.Links++
		switch l.Status {
		case check.Valid:
			s.Valid++
		case check.Invalid:
			s.Invalid++
		default:
			s.Pending++
		}
		if !l.FailingSince.IsZero() && l.Status != check.Invalid {
			s.Failing++
		}
		if l.Overrule == link.Muted {
			s.Muted++
		}
	}
	for state, n := range map[string]*int{"is:moved": &s.Moved, "is:failing": nil, "is:muted": nil} {
		found := len(f.list(owner, store.Filter{Query: query(f.t, state)}))
		switch {
		case n != nil:
			*n = found
		case state == "is:failing":
			f.equal("found failing of "+owner, found, s.Failing)
		default:
			f.equal("found muted of "+owner, found, s.Muted)
		}
	}
	return s
}

// step does something at random to one owner's links, or has time pass and checks answered.
func (f *fixture) step(random *rand.Rand, owner string) {
	f.t.Helper()
	ctx := f.t.Context()
	f.clock.pass(time.Duration(random.IntN(30)) * time.Hour)
	links := f.list(owner, store.Filter{})
	action := random.IntN(10)
	if len(links) == 0 || action < 3 {
		var duplicate *link.DuplicateError
		if _, err := f.Add(ctx, owner, link.Draft{URL: page(random.IntN(25))}); err != nil && !errors.As(err, &duplicate) {
			f.t.Fatal(err)
		}
		return
	}
	l := links[random.IntN(len(links))]
	var err error
	switch action {
	case 3:
		if err = f.Trash(ctx, owner, l.ID, nil); err == nil && random.IntN(2) == 0 {
			f.clock.pass(time.Hour)
			_, err = f.Restore(ctx, owner, l.ID)
		}
	case 4:
		url := page(random.IntN(25))
		_, err = f.Update(ctx, owner, l.ID, store.Patch{URL: &url})
		var duplicate *link.DuplicateError
		if errors.As(err, &duplicate) {
			err = nil
		}
	case 5, 6:
		overrule := []string{"", "fine", "muted"}[random.IntN(3)]
		_, err = f.Update(ctx, owner, l.ID, store.Patch{Overrule: &overrule})
	case 7:
		_, err = f.CheckNow(ctx, owner, l.ID)
	default:
		reasons := []check.Reason{check.OK, check.OK, check.NotFound, check.Gone, check.ServerError}
		for _, lane := range store.Lanes() {
			for _, c := range f.claim(lane, 1+random.IntN(5)) {
				checked := answerTo(c, reasons[random.IntN(len(reasons))])
				checked.HTTPStatus = 200 + 100*random.IntN(4)
				if random.IntN(3) == 0 && checked.Status == check.Valid {
					checked.MovedTo = "https://example.com/moved"
				}
				f.apply(checked)
			}
		}
		f.settle()
		_, err = f.ForgetOrphans(ctx, 10)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}
