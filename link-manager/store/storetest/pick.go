package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var pickTests = map[string]func(*testing.T, *fixture){
	"links are picked by tag, text and time, and counted": func(t *testing.T, f *fixture) {
		a := f.add("ann", "https://a.example/100%25", "go", "toread")
		f.clock.pass(time.Minute)
		b := f.addDraft("ann", link.Draft{URL: "https://b.example/", Title: "Crème Brûlée", Description: "one\ntwo", Tags: []string{"go"}})
		f.clock.pass(time.Minute)
		c := f.add("ann", "https://c.example/")
		f.add("bob", "https://a.example/100%25", "go", "toread")
		f.clock.pass(time.Minute)
		title := "changed"
		a, err := f.Update(t.Context(), "ann", a.ID, store.Patch{Title: &title})
		f.equal("error", err, nil)
		for name, test := range map[string]struct {
			pick store.Pick
			want []link.Link
		}{
			"all, newest first":  {store.Pick{}, []link.Link{c, b, a}},
			"oldest first":       {store.Pick{Order: store.OrderOldest}, []link.Link{a, b, c}},
			"last changed first": {store.Pick{Order: store.OrderLastChanged}, []link.Link{a, c, b}},
			"first changed":      {store.Pick{Order: store.OrderFirstChanged}, []link.Link{b, c, a}},
			"a tag":              {store.Pick{Tags: []string{"go"}}, []link.Link{b, a}},
			"two tags":           {store.Pick{Tags: []string{"go", "toread"}}, []link.Link{a}},
			"not a tag":          {store.Pick{Tags: []string{"go"}, NotTags: []string{"toread"}}, []link.Link{b}},
			"untagged":           {store.Pick{Untagged: true}, []link.Link{c}},
			"a text":             {store.Pick{Texts: []string{"CRÈME br"}}, []link.Link{b}},
			"a sign of LIKE":     {store.Pick{Texts: []string{"100%"}}, []link.Link{a}},
			"not a text":         {store.Pick{NotTexts: []string{"100%", "brûlée"}}, []link.Link{c}},
			"no word":            {store.Pick{Texts: []string{"!!!"}}, []link.Link{}},
			"not no word":        {store.Pick{NotTexts: []string{"!!!"}}, []link.Link{c, b, a}},
			"added after":        {store.Pick{AddedAfter: a.CreatedAt}, []link.Link{c, b}},
			"added before":       {store.Pick{AddedBefore: c.CreatedAt}, []link.Link{b, a}},
			"changed after":      {store.Pick{ChangedAfter: b.UpdatedAt}, []link.Link{c, a}},
			"no text at all":     {store.Pick{Texts: []string{"\x00"}}, []link.Link{}},
		} {
			count, err := f.Picked(t.Context(), "ann", test.pick)
			f.equal(name+", error", err, nil)
			f.equal(name+", counted", count, len(test.want))
			f.equal(name, f.pick(test.pick), test.want)
			test.pick.Offset, test.pick.Limit = 1, 1
			page, err := f.Pick(t.Context(), "ann", test.pick)
			f.equal(name+", error", err, nil)
			f.equal(name+", without the first", page, test.want[min(1, len(test.want)):min(2, len(test.want))])
		}
	},
	"links are picked from a position on": func(t *testing.T, f *fixture) {
		a, b, c := f.add("ann", page(1)), f.add("ann", page(2)), f.add("ann", page(3)) // at the same time
		f.equal("after the newest", f.pick(store.Pick{After: store.Position{At: c.CreatedAt, ID: c.ID}}), []link.Link{b, a})
	},
	"links are counted by the day": func(t *testing.T, f *fixture) {
		f.add("ann", page(1), "go")
		f.add("ann", page(2))
		f.add("bob", page(3))
		f.clock.pass(24 * time.Hour)
		f.add("ann", page(4), "go")
		first := start.UTC().Truncate(24 * time.Hour)
		days, err := f.PickedDays(t.Context(), "ann", store.Pick{})
		f.equal("error", err, nil)
		f.equal("days", days, []store.DayCount{{Day: first.Add(24 * time.Hour), Links: 1}, {Day: first, Links: 2}})
		days, err = f.PickedDays(t.Context(), "ann", store.Pick{Tags: []string{"go"}})
		f.equal("error", err, nil)
		f.equal("days of a tag", days, []store.DayCount{{Day: first.Add(24 * time.Hour), Links: 1}, {Day: first, Links: 1}})
	},
	"a link that was saved elsewhere before is dated so, and shows no earlier checks": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.NotFound)
		f.clock.pass(time.Hour)
		saved := f.add("ann", page(1))
		long := start.UTC().Add(-10_000 * time.Hour)
		now := f.clock.pass(time.Hour)
		got, err := f.Redate(t.Context(), "ann", saved.ID, long)
		f.equal("error", err, nil)
		want := saved
		want.CreatedAt, want.UpdatedAt, want.Revision = long, now, 1
		f.equal("dated", got, want)
		f.settle()
		if settled := f.get(saved); settled.Last.CheckedAt.Before(saved.CreatedAt) {
			t.Errorf("ann sees a check of %v, and saved it at %v", settled.Last.CheckedAt, saved.CreatedAt)
		}
		again, err := f.Redate(t.Context(), "ann", saved.ID, long)
		f.equal("error", err, nil)
		f.equal("dated the same again", again.Revision, int64(1))
		_, err = f.Redate(t.Context(), "bob", saved.ID, long)
		f.fails("another's", err, link.ErrNotFound)
	},
	"it is known when an owner last changed anything": func(t *testing.T, f *fixture) {
		f.changedAt("ann", time.Time{})
		l := f.checked("ann", page(2), check.OK)
		added := l.CreatedAt
		f.clock.pass(time.Minute)
		f.settle()
		f.add("bob", page(1))
		f.changedAt("ann", added)
		now := f.clock.pass(time.Minute)
		f.trash(l)
		f.changedAt("ann", now)
	},
}

// pick is what ann has of what is picked, however much.
func (f *fixture) pick(p store.Pick) []link.Link {
	f.t.Helper()
	p.Limit = 1_000
	list, err := f.Pick(f.t.Context(), "ann", p)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func (f *fixture) changedAt(owner string, want time.Time) {
	f.t.Helper()
	got, err := f.ChangedAt(f.t.Context(), owner)
	f.equal("error", err, nil)
	f.equal("changed", got, want)
}
