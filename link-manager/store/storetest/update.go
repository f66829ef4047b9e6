package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var updateTests = map[string]func(*testing.T, *fixture){
	"a patch changes what it names and nothing else": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		title, description, tags := " New ", "text", []string{"B", "a"}
		for _, step := range []struct {
			patch  store.Patch
			expect func(*link.Link)
		}{
			{store.Patch{Title: &title}, func(l *link.Link) { l.Title = "New" }},
			{store.Patch{Description: &description}, func(l *link.Link) { l.Description = "text" }},
			{store.Patch{Tags: &tags}, func(l *link.Link) { l.Tags = []string{"a", "b"} }},
			{store.Patch{Tags: &[]string{}}, func(l *link.Link) { l.Tags = []string{} }},
		} {
			l.UpdatedAt = f.clock.pass(time.Second)
			step.expect(&l)
			f.updates(l, step.patch)
		}
		f.equal("found by its new title", ids(f.list("ann", store.Filter{Query: query(t, "NEW")})), []string{l.ID})
		f.equal("found by its old tag", ids(f.list("ann", store.Filter{Tags: []string{"a"}})), []string{})
	},
	"updated_at stays where nothing is different afterwards": func(t *testing.T, f *fixture) {
		l := f.addDraft("ann", link.Draft{URL: page(1), Title: "T", Tags: []string{"a", "b"}})
		f.clock.pass(time.Second)
		title, tags, url := " T", []string{"b", "A"}, l.URL
		f.updates(l, store.Patch{})
		f.updates(l, store.Patch{Title: &title, Tags: &tags, URL: &url})
	},
	"another spelling of the url keeps all that is known": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.Gone)
		l.URL, l.UpdatedAt = "https://EXAMPLE.com/1#fragment", f.clock.pass(time.Second)
		f.updates(l, store.Patch{URL: &l.URL})
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"another url begins anew, and the old one is left": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.Gone)
		now := f.clock.pass(time.Second)
		l.URL, l.UpdatedAt = page(2), now
		l.Standing = link.Standing{Status: check.Pending, NextCheckAt: now}
		f.updates(l, store.Patch{URL: &l.URL})
		f.equal("history", f.history(l), []store.Check{})
		f.equal("claims", f.claimOne(store.LaneAdded).URL, page(2))
		f.clock.pass(100 * 24 * time.Hour)
		f.equal("old target", f.claim(store.LaneDue, 10), []store.Claim(nil))
	},
	"another url that others know shows nothing older than the change": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(2))
		f.clock.pass(time.Second)
		f.claim(store.LaneAdded, 1)
		f.checked("bob", page(1), check.NotFound)
		now := f.clock.pass(time.Second)
		url := page(1)
		got, err := f.Update(t.Context(), "ann", ann.ID, store.Patch{URL: &url})
		f.equal("error", err, nil)
		f.equal("before settling", got.Standing, link.Standing{Status: check.Pending, NextCheckAt: now})
		f.equal("settled", f.settle(), 1)
		got = f.get(ann)
		f.equal("status", got.Status, check.Invalid)
		f.equal("checked at", got.Last.CheckedAt, now)
		f.equal("failing since", got.FailingSince, now)
		history := f.history(ann)
		f.equal("answers", reasons(history), []check.Reason{check.NotFound})
		f.equal("answered at", history[0].CheckedAt, now)
	},
	"another url that the owner has already is a duplicate and changes nothing": func(t *testing.T, f *fixture) {
		one, two := f.add("ann", page(1)), f.add("ann", page(2))
		_, err := f.Update(t.Context(), "ann", two.ID, store.Patch{URL: &one.URL})
		f.failsDuplicate("update", err, one)
		f.equal("link", f.get(two), two)
		f.delete(one)
		f.equal("claims", f.claimOne(store.LaneAdded).URL, page(2))
	},
	"tags are added and removed beside those that stay": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1), "a", "b", "c")
		for _, step := range []struct {
			patch store.Patch
			want  []string
		}{
			{store.Patch{AddTags: []string{"#D", "a"}, RemoveTags: []string{"B", "none"}}, []string{"a", "c", "d"}},
			{store.Patch{AddTags: []string{"a"}, RemoveTags: []string{"a"}}, []string{"a", "c", "d"}},
			{store.Patch{Tags: &[]string{"x", "y"}, AddTags: []string{"z"}, RemoveTags: []string{"x"}}, []string{"y", "z"}},
		} {
			got, err := f.Update(t.Context(), "ann", l.ID, step.patch)
			f.equal("error", err, nil)
			f.equal("tags", got.Tags, step.want)
			f.equal("found by", ids(f.list("ann", store.Filter{Tags: step.want})), []string{l.ID})
		}
		for field, patch := range map[string]store.Patch{"add_tags": {AddTags: []string{"a b"}}, "remove_tags": {RemoveTags: []string{""}}} {
			_, err := f.Update(t.Context(), "ann", l.ID, patch)
			f.failsField(field, err, field)
		}
	},
	"a change that expects another revision does nothing, and a check makes none": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.equal("revision after a check", l.Revision, int64(0))
		title, other := "one", "two"
		changed, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Title: &title, Expect: store.Expect{7, 0}})
		f.equal("error", err, nil)
		f.equal("revision", changed.Revision, int64(1))
		_, err = f.Update(t.Context(), "ann", l.ID, store.Patch{Title: &other, Expect: store.Expect{0}})
		f.fails("an old revision", err, store.ErrChanged)
		f.fails("an old revision", f.Trash(t.Context(), "ann", l.ID, store.Expect{0}), store.ErrChanged)
		f.fails("no revision", f.Trash(t.Context(), "ann", l.ID, store.Expect{}), store.ErrChanged)
		f.equal("link", f.get(l), changed)
		muted := "muted"
		said, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Overrule: &muted, Expect: store.Expect{1}})
		f.equal("error", err, nil)
		f.equal("revision after an overrule", said.Revision, int64(2))
	},
	"what cannot be stored is refused by the field's name": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		bad, badTags := "\x00", []string{""}
		for field, patch := range map[string]store.Patch{
			"url": {URL: &bad}, "title": {Title: &bad}, "description": {Description: &bad}, "tags": {Tags: &badTags},
		} {
			_, err := f.Update(t.Context(), "ann", l.ID, patch)
			f.failsField(field, err, field)
		}
		f.equal("link", f.get(l), l)
	},
}

// updates applies the patch and expects it to make want of the link.
func (f *fixture) updates(want link.Link, p store.Patch) {
	f.t.Helper()
	got, err := f.Update(f.t.Context(), want.Owner, want.ID, p)
	if err != nil {
		f.t.Fatal(err)
	}
	f.equal("returned", got, want)
	f.equal("read back", f.get(want), want)
}
