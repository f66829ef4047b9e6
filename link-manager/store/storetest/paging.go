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

var pagingTests = map[string]func(*testing.T, *fixture){
	// D1: a page's end was told by the second, so that links of one second were listed for ever.
	"D1: every link is on one page, whatever is added meanwhile at the same instant": func(t *testing.T, f *fixture) {
		for i, text := range []string{"", "sort:added", "sort:title", "sort:-title", "sort:checked", "sort:-checked", "word", "#tag", "-word", "is:pending word"} {
			t.Run(text, func(t *testing.T) {
				at := *f
				at.t = t
				at.pagesHoldEach(text, i)
			})
		}
	},
	"the pages of a sorted list are in its order": func(t *testing.T, f *fixture) {
		for i, title := range []string{"banana", "Äpfel", "", "apple", "banana", "Zebra"} {
			f.addDraft("ann", link.Draft{URL: page(i), Title: title})
			if i%2 == 0 {
				f.clock.pass(time.Minute)
				f.answer(f.claim(store.LaneAdded, 1)[0], check.OK)
			}
		}
		for text, by := range map[string]func(a, b link.Link) int{
			"sort:added":   func(a, b link.Link) int { return a.CreatedAt.Compare(b.CreatedAt) },
			"sort:checked": func(a, b link.Link) int { return a.Last.CheckedAt.Compare(b.Last.CheckedAt) },
		} {
			up, down := f.list("ann", store.Filter{Query: query(t, text)}), f.list("ann", store.Filter{Query: query(t, "sort:-"+text[5:])})
			if !slices.IsSortedFunc(up, by) {
				t.Errorf("%s: not in order", text)
			}
			slices.Reverse(down)
			f.equal(text+" the other way round", ids(down), ids(up))
		}
		var titles []string
		for _, l := range f.list("ann", store.Filter{Query: query(t, "sort:title")}) {
			titles = append(titles, l.Title)
		}
		f.equal("titles", titles, []string{"Äpfel", "apple", "banana", "banana", "", "Zebra"})
	},
	"a position of another order is refused": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		_, err := f.List(t.Context(), "ann", store.Filter{Limit: 1, After: store.Filter{Query: query(t, "sort:title")}.PositionOf(l)})
		f.failsField("list", err, "cursor")
	},
}

// pagesHoldEach lists in pages while two others add links of the same instant, and expects each link that was there
// before exactly once, and none of the others twice.
func (f *fixture) pagesHoldEach(text string, number int) {
	f.t.Helper()
	draft := func(kind string, i int) link.Draft {
		return link.Draft{URL: fmt.Sprintf("https://example.com/%d/%s/%d", number, kind, i), Title: fmt.Sprint("word ", i%3), Tags: []string{"tag"}}
	}
	owner := "owner of " + text
	filter := store.Filter{Query: query(f.t, text), Limit: 5}
	const before = 40
	for i := range before {
		d := draft("before", i)
		if text == "-word" {
			d.Title = "other"
		}
		f.addDraft(owner, d)
	}
	var there []string
	all := filter
	all.Limit = 1000
	for _, l := range f.list(owner, all) {
		there = append(there, l.ID)
	}
	f.equal("links before", len(there), before)

	working, stop := context.WithCancel(f.t.Context())
	var adding sync.WaitGroup
	for who := range 2 {
		adding.Go(func() {
			for i := 0; working.Err() == nil; i++ {
				if _, err := f.Add(working, owner, draft(fmt.Sprint("meanwhile", who), i)); err != nil && working.Err() == nil {
					f.t.Error(err)
					return
				}
			}
		})
	}
	seen := map[string]int{}
	for page := range 200 { // whoever adds can be faster than whoever reads
		links := f.list(owner, filter)
		for _, l := range links {
			seen[l.ID]++
		}
		if len(links) < filter.Limit {
			break
		}
		filter.After = filter.PositionOf(links[len(links)-1])
		if page == 20 {
			stop()
		}
	}
	stop()
	adding.Wait()
	for _, id := range there {
		if seen[id] != 1 {
			f.t.Errorf("%s is on %d pages", id, seen[id])
		}
	}
	for id, times := range seen {
		if times > 1 {
			f.t.Errorf("%s is on %d pages", id, times)
		}
	}
}
