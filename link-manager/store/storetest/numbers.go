package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var numberTests = map[string]func(*testing.T, *fixture){
	"links get numbers when they are asked for, and keep them": func(t *testing.T, f *fixture) {
		a, b, c := f.add("ann", page(1)), f.add("ann", page(2)), f.add("ann", page(3))
		f.equal("the first", f.numbers("ann", b, a), []int64{1, 2})
		f.equal("all", f.numbers("ann", a, b, c), []int64{2, 1, 3})
		f.equal("of none", f.numbers("ann"), []int64{})
		got, err := f.NumberedLink(t.Context(), "ann", 3)
		f.equal("error", err, nil)
		f.equal("the third", got, c)
		for _, number := range []int64{0, -1, 4, 1 << 60} {
			_, err := f.NumberedLink(t.Context(), "ann", number)
			f.fails("a number that was not given", err, link.ErrNotFound)
		}
	},
	"an owner's numbers tell nothing of another's": func(t *testing.T, f *fixture) {
		ann, bob := f.add("ann", page(1)), f.add("bob", page(1))
		f.numbers("ann", ann)
		f.numbers("ann", f.add("ann", page(2)))
		f.equal("bob's", f.numbers("bob", bob), []int64{1})
		got, err := f.NumberedLink(t.Context(), "bob", 1)
		f.equal("error", err, nil)
		f.equal("bob's first", got, bob)
		_, err = f.NumberedLink(t.Context(), "bob", 2)
		f.fails("a number of ann's", err, link.ErrNotFound)
	},
	"a number comes back from the trash with its link, and never means another": func(t *testing.T, f *fixture) {
		a, b, c := f.add("ann", page(1)), f.add("ann", page(2)), f.add("ann", page(3))
		f.numbers("ann", a, b, c)
		for _, l := range []link.Link{a, b} {
			f.trash(l)
		}
		_, err := f.NumberedLink(t.Context(), "ann", 1)
		f.fails("in the trash", err, link.ErrNotFound)
		f.restore(a)
		f.equal("restored", f.numbers("ann", a), []int64{1})
		f.equal("purged", f.PurgeTrash(t.Context(), "ann", b.ID), nil)
		f.delete(c)
		f.equal("a new one", f.numbers("ann", f.add("ann", page(4))), []int64{4})
		f.trash(a)
		f.clock.pass(store.TrashKept)
		n, err := f.ForgetTrash(t.Context(), 10)
		f.equal("error", err, nil)
		f.equal("forgotten", n, 1)
		f.equal("numbers left", f.number(`SELECT count(*) FROM numbers`), 1)
	},
	"whoever asks at the same time is told the same numbers": func(t *testing.T, f *fixture) {
		const links, askers = 40, 8
		var saved []link.Link
		for i := range links {
			saved = append(saved, f.add("ann", page(i)))
		}
		f.each(askers, func(ctx context.Context, i int) error {
			some := slices.Clone(saved)
			if i%2 == 1 {
				slices.Reverse(some)
			}
			_, err := f.LinkNumbers(ctx, "ann", linkIDs(some[i:]))
			return err
		})
		numbers := f.numbers("ann", saved...)
		slices.Sort(numbers)
		f.equal("the last", numbers[links-1], int64(links))
		f.equal("all different", len(slices.Compact(numbers)), links)
	},
	"tags have numbers of their own": func(t *testing.T, f *fixture) {
		f.numbers("ann", f.add("ann", page(1), "go"))
		first := f.clock.pass(time.Minute)
		_, err := f.TagNumbers(t.Context(), "ann", []string{"go"})
		f.equal("error", err, nil)
		second := f.clock.pass(time.Minute)
		got, err := f.TagNumbers(t.Context(), "ann", []string{"go", "ärger"})
		f.equal("error", err, nil)
		f.equal("numbers", got, map[string]store.Number{"go": {Number: 1, GivenAt: first}, "ärger": {Number: 2, GivenAt: second}})
		tag, err := f.NumberedTag(t.Context(), "ann", 2)
		f.equal("error", err, nil)
		f.equal("the second", tag, "ärger")
		_, err = f.NumberedTag(t.Context(), "bob", 2)
		f.fails("bob's", err, link.ErrNotFound)
	},
}

// numbers are the numbers of these links, in their order.
func (f *fixture) numbers(owner string, links ...link.Link) []int64 {
	f.t.Helper()
	found, err := f.LinkNumbers(f.t.Context(), owner, linkIDs(links))
	if err != nil {
		f.t.Fatal(err)
	}
	numbers := []int64{}
	for _, l := range links {
		numbers = append(numbers, found[l.ID].Number)
	}
	return numbers
}

func linkIDs(links []link.Link) (ids []string) {
	for _, l := range links {
		ids = append(ids, l.ID)
	}
	return ids
}
