package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// The defects of the predecessor that a store can have, by their numbers.
var predecessorTests = map[string]func(*testing.T, *fixture){
	"D01 pages of one second are distinct": func(t *testing.T, f *fixture) {
		seen := map[string]bool{}
		for i := range 12 {
			f.add("ann", page(i))
		}
		for after := (store.Position{}); ; {
			links := f.list("ann", store.Filter{After: after, Limit: 5})
			for _, l := range links {
				f.equal("seen before", seen[l.ID], false)
				seen[l.ID] = true
			}
			if len(links) < 5 {
				break
			}
			after = store.Position{At: links[4].CreatedAt, ID: links[4].ID}
		}
		f.equal("seen", len(seen), 12)
	},
	"D03 links are found by tag": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1), "go")
		f.add("ann", page(2), "rust")
		f.equal("found", ids(f.list("ann", store.Filter{Tags: []string{"go"}})), []string{l.ID})
	},
	"D04 words are looked for in url, title and description, each": func(t *testing.T, f *fixture) {
		l := f.addDraft("ann", link.Draft{URL: "https://in-url.example/", Title: "in-title", Description: "in-description"})
		f.addDraft("ann", link.Draft{URL: page(1), Title: "other"})
		for _, word := range []string{"in-url", "in-title", "in-description"} {
			f.equal(word, ids(f.list("ann", store.Filter{Query: query(t, word)})), []string{l.ID})
		}
		f.equal("nowhere", ids(f.list("ann", store.Filter{Query: query(t, "nowhere")})), []string{})
	},
	"D07 a list has its links' tags": func(t *testing.T, f *fixture) {
		f.add("ann", page(1), "b", "a")
		f.equal("tags", f.list("ann", store.Filter{})[0].Tags, []string{"a", "b"})
	},
	"D08 the same link saved at once by many is one, and settles": func(t *testing.T, f *fixture) {
		f.each(6, func(ctx context.Context, _ int) error {
			_, err := f.Add(ctx, "ann", link.Draft{URL: page(1)})
			var duplicate *link.DuplicateError
			if errors.As(err, &duplicate) {
				return nil
			}
			return err
		})
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		links := f.list("ann", store.Filter{})
		f.equal("links", len(links), 1)
		f.equal("status", links[0].Status, check.Valid)
	},
	"D09 a link that fails at its last statement leaves nothing": func(t *testing.T, f *fixture) {
		f.raw(`DROP TABLE link_tags`)
		if _, err := f.Add(t.Context(), "ann", link.Draft{URL: page(1), Tags: []string{"a"}}); err == nil {
			t.Error("it was saved without its tags")
		}
		f.equal("links", f.number(`SELECT count(*) FROM links`), 0)
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), 0)
	},
	"D10 a change of nothing but tags takes and gives them": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1), "a", "b")
		_, err := f.Update(t.Context(), "ann", l.ID, store.Patch{AddTags: []string{"c"}, RemoveTags: []string{"a"}})
		f.equal("error", err, nil)
		f.equal("tags", f.get(l).Tags, []string{"b", "c"})
	},
	"D11 a change returns the link": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1), "a")
		title := "T"
		got, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Title: &title})
		f.equal("error", err, nil)
		l.Title = title
		f.equal("returned", got, l)
	},
	"D12 a change moves updated_at, changes the url, and clears a text": func(t *testing.T, f *fixture) {
		l := f.addDraft("ann", link.Draft{URL: page(1), Title: "T"})
		now := f.clock.pass(time.Second)
		url, empty := page(2), ""
		got, err := f.Update(t.Context(), "ann", l.ID, store.Patch{URL: &url, Title: &empty})
		f.equal("error", err, nil)
		f.equal("updated_at", got.UpdatedAt, now)
		f.equal("url", f.get(l).URL, url)
		f.equal("title", f.get(l).Title, "")
		_, err = f.Update(t.Context(), "ann", "00000000-0000-7000-8000-000000000000", store.Patch{Title: &empty})
		f.fails("a change of nothing", err, link.ErrNotFound)
	},
	"D13 tags can be given to a link that has none, and taken from one that has them": func(t *testing.T, f *fixture) {
		none, some := f.add("ann", page(1)), f.add("ann", page(2), "a")
		for _, l := range []link.Link{none, some} {
			got, err := f.Update(t.Context(), "ann", l.ID, store.Patch{AddTags: []string{"new"}, RemoveTags: []string{"a"}})
			f.equal("error", err, nil)
			f.equal("tags", got.Tags, []string{"new"})
		}
	},
	"D14 a list that is broken off keeps no connection": func(t *testing.T, f *fixture) {
		for i := range 3 {
			f.add("ann", page(i))
		}
		for range 50 { // more than there are connections
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := f.List(ctx, "ann", store.Filter{Limit: 3}); err == nil {
				t.Error("a list was read for somebody who is gone")
			}
		}
		f.equal("links", len(f.list("ann", store.Filter{})), 3)
	},
	"D15 deleting what is not there fails, on every database": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.delete(l)
		f.fails("delete", f.Delete(t.Context(), "ann", l.ID), link.ErrNotFound)
		f.fails("trash", f.Trash(t.Context(), "ann", l.ID, nil), link.ErrNotFound)
	},
	"D16 no quota is passed, however many save or bring back at once": func(t *testing.T, f *fixture) {
		const most = 7
		f.config.MaxLinks = most
		stores := []*store.Store{f.open(), f.open()}
		var saved, refused atomic.Int32
		f.each(20, func(ctx context.Context, i int) error {
			_, err := stores[i%2].Add(ctx, "ann", link.Draft{URL: page(i)})
			var quota *store.QuotaError
			switch {
			case err == nil:
				saved.Add(1)
			case errors.As(err, &quota) && quota.Max == most:
				refused.Add(1)
			default:
				return err
			}
			return nil
		})
		f.equal("saved", saved.Load(), int32(most))
		f.equal("refused", refused.Load(), int32(20-most))
		f.equal("totals", f.stats("ann").Links, most)
		_, err := stores[0].Add(t.Context(), "bob", link.Draft{URL: page(1)})
		f.equal("somebody else's error", err, nil)
		l := f.list("ann", store.Filter{})[0]
		_, err = stores[0].Add(t.Context(), "ann", link.Draft{URL: l.URL})
		f.failsDuplicate("a link that is saved already", err, l)
		f.trash(l)
		_, err = stores[0].Add(t.Context(), "ann", link.Draft{URL: page(99)})
		f.equal("error when there is room again", err, nil)
		var quota *store.QuotaError
		_, err = stores[0].Restore(t.Context(), "ann", l.ID)
		f.equal("no room for it is an error", errors.As(err, &quota), true)
		f.equal("and it stays in the trash", trashIDs(f.trashed("ann")), []string{l.ID})
		f.equal("totals after all", f.stats("ann").Links, most)
	},
	"D17 whatever is saved is to be checked": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		f.equal("asked", f.claimOne(store.LaneAdded).URL, page(1))
	},
	"D18 a function that never answers is asked again": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		first := f.claimOne(store.LaneAdded)
		f.clock.pass(lease + time.Second)
		second := f.claimOne(store.LaneAdded)
		f.equal("attempt", second.Attempt, first.Attempt+1)
		f.equal("outcome", f.answer(second, check.OK), store.Applied)
		f.equal("status", f.get(l).Status, check.Valid)
	},
	"D24 a page that many saved is asked for once, and again later": func(t *testing.T, f *fixture) {
		for _, owner := range []string{"ann", "bob", "cid"} {
			f.add(owner, page(1))
		}
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		f.clock.pass(longestDay)
		f.equal("again", f.claimOne(store.LaneDue).URL, page(1))
		f.equal("history", len(f.history(f.list("bob", store.Filter{})[0])), 1)
	},
	"D25 a late answer overwrites no newer one, nor one of a link that was saved again": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		old := f.claimOne(store.LaneAdded)
		f.clock.pass(lease + time.Second)
		f.equal("newer", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		f.equal("late", f.answer(old, check.NotFound), store.Late)
		f.equal("status", f.get(l).Status, check.Valid)
		f.delete(l)
		again := f.add("ann", page(1))
		f.equal("late again", f.answer(old, check.NotFound), store.Late)
		f.settle()
		f.equal("status", f.get(again).Status, check.Valid)
	},
}
