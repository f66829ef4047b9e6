package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// togetherTests are about many callers at once.
var togetherTests = map[string]func(*testing.T, *fixture){
	"many owners who save one new url make one target": func(t *testing.T, f *fixture) {
		f.each(20, func(ctx context.Context, i int) error {
			_, err := f.Add(ctx, fmt.Sprint("owner ", i), link.Draft{URL: page(1)})
			return err
		})
		f.answer(f.claimOne(store.LaneAdded), check.OK)
		for i := range 20 {
			f.equal("links", len(f.list(fmt.Sprint("owner ", i), store.Filter{Status: check.Valid})), 1)
		}
	},
	"one owner who saves one url many times has it once": func(t *testing.T, f *fixture) {
		f.each(10, func(ctx context.Context, i int) error {
			_, err := f.Add(ctx, "ann", link.Draft{URL: page(1)})
			var duplicate *link.DuplicateError
			if errors.As(err, &duplicate) {
				return nil
			}
			return err
		})
		f.equal("links", len(f.list("ann", store.Filter{})), 1)
		f.claimOne(store.LaneAdded)
	},
	"twenty claimers in two processes never share a target": func(t *testing.T, f *fixture) {
		const targets = 300
		for i := range targets {
			f.add("ann", page(i))
		}
		stores := []*store.Store{f.Store, f.open()}
		var mu sync.Mutex
		claimedBy := map[string]int{}
		f.each(20, func(ctx context.Context, i int) error {
			for mine := 0; ; {
				claimed, err := stores[i%2].Claim(ctx, store.ClaimRequest{Lane: store.LaneAdded, Limit: 7, Lease: lease})
				if err != nil {
					return err
				}
				claims := claimed.Claims
				mu.Lock()
				for _, c := range claims {
					claimedBy[c.URL]++
				}
				mine, all := mine+len(claims), len(claimedBy)
				mu.Unlock()
				if all == targets || len(claims) == 0 && mine > 0 {
					return nil
				}
			}
		})
		for _, c := range f.claim(store.LaneAdded, targets) { // what was locked by others as the last ones looked
			claimedBy[c.URL]++
		}
		f.equal("targets claimed", len(claimedBy), targets)
		for url, times := range claimedBy {
			f.equal("claims of "+url, times, 1)
		}
	},
	"all that touches a target can happen at once": func(t *testing.T, f *fixture) {
		const owners, rounds = 8, 12
		stores := []*store.Store{f.Store, f.open()}
		working, done := context.WithCancel(t.Context())
		var background sync.WaitGroup
		for _, s := range stores {
			background.Go(func() { f.keepChecking(working, s) })
		}
		f.each(owners, func(ctx context.Context, i int) error {
			for round := range rounds {
				if err := live(ctx, stores[i%2], fmt.Sprint("owner ", i), round); err != nil {
					return err
				}
			}
			return nil
		})
		done()
		background.Wait()
		f.countsRight()
		f.clock.pass(lease)
		for _, lane := range store.Lanes() {
			for _, c := range f.claim(lane, 100) {
				f.answer(c, check.OK)
			}
		}
		f.settle()
		for i := range owners {
			f.equal("links left", len(f.list(fmt.Sprint("owner ", i), store.Filter{Status: check.Valid})), rounds/2)
			f.equal("pending", f.list(fmt.Sprint("owner ", i), store.Filter{Status: check.Pending}), []link.Link{})
		}
	},
	"links that change places do not wait for each other for ever": func(t *testing.T, f *fixture) {
		var links []link.Link
		for i := range 4 {
			links = append(links, f.add(fmt.Sprint("owner ", i), page(i%2)))
		}
		f.each(len(links), func(ctx context.Context, i int) error {
			for round := range 6 {
				url := page((i + round + 1) % 2)
				if _, err := f.Update(ctx, links[i].Owner, links[i].ID, store.Patch{URL: &url}); err != nil {
					return err
				}
			}
			return nil
		})
		f.equal("targets", len(f.claim(store.LaneAdded, 10)), 2)
	},
}

// live is what one owner does in a round: save a link that others have too, ask for a check, overrule it in every way,
// move it, and delete every other one.
func live(ctx context.Context, s *store.Store, owner string, round int) error {
	l, err := s.Add(ctx, owner, link.Draft{URL: page(round), Tags: []string{"a", "b"}})
	if err != nil {
		return err
	}
	if _, err := s.CheckNow(ctx, owner, l.ID); err != nil {
		return err
	}
	for _, o := range []string{"muted", "fine", ""} {
		if _, err := s.Update(ctx, owner, l.ID, store.Patch{Overrule: &o}); err != nil {
			return err
		}
		if o == "muted" && round%3 == 0 {
			if _, err := s.CheckNow(ctx, owner, l.ID); err != nil {
				return err
			}
		}
	}
	url := page(1000 + round)
	if _, err := s.Update(ctx, owner, l.ID, store.Patch{URL: &url}); err != nil {
		return err
	}
	if round%2 == 0 {
		return nil
	}
	return s.Delete(ctx, owner, l.ID)
}

// keepChecking claims, answers and settles until ctx ends.
func (f *fixture) keepChecking(ctx context.Context, s *store.Store) {
	for ctx.Err() == nil {
		claimed, err := s.Claim(ctx, store.ClaimRequest{Lane: store.LaneAdded, Limit: 5, Lease: lease})
		for _, c := range claimed.Claims {
			_, err2 := s.Apply(ctx, answerTo(c, check.OK), nil)
			err = errors.Join(err, err2)
		}
		_, err2 := s.Settle(ctx, 2)
		if err = errors.Join(err, err2); err != nil && ctx.Err() == nil {
			f.t.Error(err)
			return
		}
	}
}
