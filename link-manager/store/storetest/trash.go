package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var trashTests = map[string]func(*testing.T, *fixture){
	"a link comes back from the trash as it was": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		title, tags := "T", []string{"a", "b"}
		l, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Title: &title, Tags: &tags})
		f.equal("error", err, nil)
		f.clock.pass(time.Minute)
		f.trash(l)
		_, err = f.Get(t.Context(), "ann", l.ID)
		f.fails("get", err, link.ErrNotFound)
		f.equal("by tag", f.list("ann", store.Filter{Tags: tags}), []link.Link{})
		f.equal("in the trash", trashIDs(f.trashed("ann")), []string{l.ID})
		f.equal("in another's", f.trashed("bob"), []store.Trashed{})
		now := f.clock.pass(time.Minute)
		want := l
		want.NextCheckAt = now
		f.equal("restored", f.restore(l), want)
		f.equal("read back", f.get(l), want)
		f.equal("by tag and word", ids(f.list("ann", store.Filter{Tags: tags, Query: query(t, "t")})), []string{l.ID})
		f.equal("left in the trash", f.trashed("ann"), []store.Trashed{})
		f.equal("settled from what is known", f.settle(), 1)
		f.equal("settled", f.get(l).Status, check.Valid)
		f.equal("history", len(f.history(l)), 1)
		_, err = f.Restore(t.Context(), "ann", l.ID)
		f.fails("restore again", err, link.ErrNotFound)
	},
	"to its target a link in the trash is a deleted one": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.trash(l)
		f.equal("outcome", f.answer(claim, check.OK), store.Late)
		f.clock.pass(time.Hour)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.restore(l)
		f.equal("claimed again", f.claimOne(store.LaneAdded).URL, page(1))
	},
	"a link comes back though its target was forgotten": func(t *testing.T, f *fixture) {
		f.clock.pass(time.Second)
		l := f.checked("ann", page(1), check.NotFound)
		f.trash(l)
		f.raw(`DELETE FROM checks`)
		f.raw(`DELETE FROM targets`)
		now := f.clock.pass(time.Hour)
		want := l
		want.NextCheckAt = now
		f.equal("restored", f.restore(l), want)
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		f.equal("checked", f.get(l).Status, check.Valid)
	},
	"what was found while a link was in the trash is not its owner's to see": func(t *testing.T, f *fixture) {
		ann := f.checked("ann", page(1), check.OK)
		f.clock.pass(time.Second)
		bob := f.add("bob", page(1))
		f.settle()
		f.trash(ann)
		f.clock.pass(longestDay)
		f.equal("outcome", f.answer(f.claimOne(store.LaneDue), check.OK), store.Applied)
		f.equal("bob's history", len(f.history(bob)), 2)
		now := f.clock.pass(time.Minute)
		f.equal("at once", f.restore(ann).Last, ann.Last)
		f.equal("settled", f.settle(), 1)
		history := f.history(ann)
		f.equal("history", len(history), 2)
		f.equal("answered at", history[0].CheckedAt, now)
		f.equal("checked at", f.get(ann).Last.CheckedAt, now)
	},
	"what an owner said of a link is said still": func(t *testing.T, f *fixture) {
		fine := f.checked("ann", page(1), check.NotFound)
		muted := f.checked("ann", page(2), check.NotFound)
		f.equal("fine", f.says(fine, link.Fine).Overrule, link.Fine)
		f.says(muted, link.Muted)
		fine, muted = f.get(fine), f.get(muted)
		f.trash(fine)
		f.trash(muted)
		f.clock.pass(time.Hour)
		got := f.restore(fine)
		f.equal("fine: status", got.Status, check.Valid)
		f.equal("fine: overrule", got.Overrule, link.Fine)
		f.equal("muted", f.restore(muted), muted)
		f.clock.pass(400 * 24 * time.Hour)
		f.settle()
		for _, lane := range store.Lanes() {
			for _, claim := range f.claim(lane, 10) {
				f.equal("claimed", claim.URL, page(1))
			}
		}
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 1)
	},
	"what one act deleted is told apart, and comes back without what else was deleted": func(t *testing.T, f *fixture) {
		act, other := newID(), newID()
		var mine []string
		for i := range 7 {
			l := f.add("ann", page(i))
			if i < 5 {
				mine = append(mine, l.ID)
				f.equal("error", f.TrashTogether(t.Context(), "ann", l.ID, act), nil)
			} else if i == 5 {
				f.trash(l) // at the same moment
			} else {
				f.equal("error", f.TrashTogether(t.Context(), "ann", l.ID, other), nil)
			}
		}
		his := f.add("bob", page(1))
		f.equal("error", f.TrashTogether(t.Context(), "bob", his.ID, act), nil)
		f.equal("the act's", f.together("ann", act), mine)
		f.equal("the other's", len(f.together("ann", other)), 1)
		f.equal("bob's", f.together("bob", act), []string{his.ID})
		for _, none := range []string{"", "x", "\x00", newID()} {
			f.equal("of no act", f.together("ann", none), []string(nil))
		}
		f.equal("told", f.trashed("bob")[0].Act, act)
		restored, err := f.Restore(t.Context(), "ann", mine[0])
		f.equal("error", err, nil)
		f.equal("left of the act", f.together("ann", act), mine[1:])
		f.trash(restored)
		f.equal("deleted again by itself", f.together("ann", act), mine[1:])
		if err := f.TrashTogether(t.Context(), "ann", f.add("ann", page(9)).ID, ""); err == nil {
			t.Error("an act without an id deleted something")
		}
		f.fails("what is bob's", f.TrashTogether(t.Context(), "ann", his.ID, act), link.ErrNotFound)
	},
	"a link that was saved again meanwhile stays in the trash": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.trash(l)
		again := f.add("ann", "HTTPS://example.com/1#top")
		_, err := f.Restore(t.Context(), "ann", l.ID)
		f.failsDuplicate("restore", err, again)
		f.equal("in the trash", trashIDs(f.trashed("ann")), []string{l.ID})
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 1)
	},
	"nobody reaches into another's trash": func(t *testing.T, f *fixture) {
		l := f.add("bob", page(1))
		f.trash(l)
		for _, id := range []string{l.ID, "", "x", "\x00"} {
			f.fails("trash", f.Trash(t.Context(), "ann", id, nil), link.ErrNotFound)
			_, err := f.Restore(t.Context(), "ann", id)
			f.fails("restore", err, link.ErrNotFound)
			f.fails("purge", f.PurgeTrash(t.Context(), "ann", id), link.ErrNotFound)
		}
		f.equal("bob's", trashIDs(f.trashed("bob")), []string{l.ID})
		f.equal("error", f.PurgeTrash(t.Context(), "bob", l.ID), nil)
		f.equal("bob's", trashIDs(f.trashed("bob")), []string{})
	},
	"the trash is listed by pages and emptied after its time": func(t *testing.T, f *fixture) {
		var all []string
		for i := range 5 {
			l := f.add("ann", page(i))
			if i%2 == 0 {
				f.clock.pass(time.Second)
			}
			f.trash(l)
			all = append(all, l.ID)
		}
		var listed []string
		var after store.Position
		for {
			page, err := f.Trashed(t.Context(), "ann", after, 2)
			f.equal("error", err, nil)
			if len(page) == 0 {
				break
			}
			listed = append(listed, trashIDs(page)...)
			last := page[len(page)-1]
			after = store.Position{At: last.TrashedAt, ID: last.ID}
		}
		f.equal("on all pages", sorted(listed), sorted(all))
		f.equal("the last first", listed[0], all[4])
		f.clock.pass(store.TrashKept - time.Second)
		for _, want := range []int{2, 2, 0} {
			got, err := f.ForgetTrash(t.Context(), 2)
			f.equal("error", err, nil)
			f.equal("forgotten", got, want)
		}
		f.equal("left", len(f.trashed("ann")), 1)
	},
	"several restore one link while others save the same": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		f.trash(l)
		stores := []*store.Store{f.Store, f.open()}
		f.each(8, func(ctx context.Context, i int) error {
			var err error
			if i < 4 {
				_, err = stores[i%2].Restore(ctx, "ann", l.ID)
			} else {
				_, err = stores[i%2].Add(ctx, "ann", link.Draft{URL: page(1)})
			}
			var duplicate *link.DuplicateError
			if errors.As(err, &duplicate) || errors.Is(err, link.ErrNotFound) {
				return nil
			}
			return err
		})
		f.equal("links", len(f.list("ann", store.Filter{})), 1)
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 1)
	},
}

func (f *fixture) trash(l link.Link) {
	f.t.Helper()
	if err := f.Trash(f.t.Context(), l.Owner, l.ID, nil); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) trashed(owner string) []store.Trashed {
	f.t.Helper()
	list, err := f.Trashed(f.t.Context(), owner, store.Position{}, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func (f *fixture) restore(l link.Link) link.Link {
	f.t.Helper()
	restored, err := f.Restore(f.t.Context(), l.Owner, l.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return restored
}

// together is what an act deleted.
func (f *fixture) together(owner, act string) []string {
	f.t.Helper()
	ids, err := f.TrashedTogether(f.t.Context(), owner, act)
	if err != nil {
		f.t.Fatal(err)
	}
	return ids
}

func trashIDs(list []store.Trashed) []string {
	all := make([]string, len(list))
	for i, l := range list {
		all[i] = l.ID
	}
	return all
}
