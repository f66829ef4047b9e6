package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

var searchTests = map[string]func(*testing.T, *fixture){
	"a saved search can be read, changed and deleted, by its owner": func(t *testing.T, f *fixture) {
		ctx := t.Context()
		added, err := f.AddSearch(ctx, "ann", " broken ", "is:invalid sort:title")
		f.equal("error", err, nil)
		f.equal("added", added, store.Search{ID: added.ID, Name: "broken", Query: "is:invalid sort:title", CreatedAt: f.clock.pass(0), UpdatedAt: f.clock.pass(0)})
		got, err := f.Search(ctx, "ann", added.ID)
		f.equal("error", err, nil)
		f.equal("read", got, added)

		later := f.clock.pass(time.Minute)
		name := "dead"
		changed, err := f.ChangeSearch(ctx, "ann", added.ID, &name, nil)
		f.equal("error", err, nil)
		added.Name, added.UpdatedAt = name, later
		f.equal("changed", changed, added)
		list, err := f.Searches(ctx, "ann")
		f.equal("error", err, nil)
		f.equal("list", list, []store.Search{added})

		list, err = f.Searches(ctx, "bob")
		f.equal("error", err, nil)
		f.equal("somebody else's list", list, []store.Search{})
		_, err = f.Search(ctx, "bob", added.ID)
		f.fails("read by somebody else", err, store.ErrSearchNotFound)
		_, err = f.ChangeSearch(ctx, "bob", added.ID, &name, nil)
		f.fails("changed by somebody else", err, store.ErrSearchNotFound)
		f.fails("deleted by somebody else", f.DeleteSearch(ctx, "bob", added.ID), store.ErrSearchNotFound)

		f.equal("error", f.DeleteSearch(ctx, "ann", added.ID), nil)
		f.fails("deleted again", f.DeleteSearch(ctx, "ann", added.ID), store.ErrSearchNotFound)
		f.fails("deleted under no id", f.DeleteSearch(ctx, "ann", "odd"), store.ErrSearchNotFound)
	},
	"what cannot be saved as a search is refused by name": func(t *testing.T, f *fixture) {
		ctx := t.Context()
		_, err := f.AddSearch(ctx, "ann", " ", "a")
		f.failsField("no name", err, "name")
		_, err = f.AddSearch(ctx, "ann", "a", "is:odd")
		f.failsField("a wrong query", err, "query")
		one, err := f.AddSearch(ctx, "ann", "a", "b")
		f.equal("error", err, nil)
		_, err = f.AddSearch(ctx, "ann", "a", "c")
		f.fails("the name again", err, store.ErrSearchExists)
		two, err := f.AddSearch(ctx, "ann", "b", "c")
		f.equal("error", err, nil)
		_, err = f.ChangeSearch(ctx, "ann", two.ID, &one.Name, nil)
		f.fails("another's name", err, store.ErrSearchExists)
		wrong := "("
		_, err = f.ChangeSearch(ctx, "ann", two.ID, nil, &wrong)
		f.failsField("a wrong query", err, "query")
		_, err = f.AddSearch(ctx, "bob", "a", "c")
		f.equal("error of somebody else with the name", err, nil)
		for i := 2; i < store.MaxSearches; i++ {
			if _, err := f.AddSearch(ctx, "ann", fmt.Sprint(i), "c"); err != nil {
				t.Fatal(err)
			}
		}
		_, err = f.AddSearch(ctx, "ann", "one more", "c")
		f.fails("one more", err, store.ErrTooManySearches)
	},
}
