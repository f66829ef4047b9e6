package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var listTests = map[string]func(*testing.T, *fixture){
	"newest first": func(t *testing.T, f *fixture) {
		var want []string
		for i := range 5 {
			want = append([]string{f.add("ann", page(i)).ID}, want...)
			f.clock.pass(time.Microsecond)
		}
		f.equal("ids", ids(f.list("ann", store.Filter{})), want)
	},
	"pages give each link once, also those of one instant": func(t *testing.T, f *fixture) {
		var want []string
		for i := range 23 {
			want = append(want, f.add("ann", page(i), "even odd"[i%2*5:i%2*5+3+(i+1)%2]).ID)
			if i%7 == 6 {
				f.clock.pass(time.Microsecond)
			}
		}
		for _, size := range []int{1, 2, 7, 22, 23, 24} {
			var got []string
			filter := store.Filter{Limit: size}
			for {
				links := f.list("ann", filter)
				got = append(got, ids(links)...)
				if len(links) < size {
					break
				}
				last := links[len(links)-1]
				filter.After = store.Position{CreatedAt: last.CreatedAt, ID: last.ID}
			}
			f.equal("ids", sorted(got), sorted(want))
			if len(got) != len(want) {
				t.Errorf("pages of %d gave %d links, not %d", size, len(got), len(want))
			}
		}
	},
	"filters are joined by and": func(t *testing.T, f *fixture) {
		both := f.checked("ann", page(1), check.OK)
		f.update(both, []string{"go", "web"})
		f.clock.pass(time.Second)
		one := f.add("ann", page(2), "go")
		f.clock.pass(time.Second)
		none := f.add("ann", page(3))
		f.add("bob", page(4), "go", "web")
		for name, test := range map[string]struct {
			filter store.Filter
			want   []string
		}{
			"nothing":         {store.Filter{}, []string{none.ID, one.ID, both.ID}},
			"status":          {store.Filter{Status: check.Pending}, []string{none.ID, one.ID}},
			"status unknown":  {store.Filter{Status: "odd"}, []string{}},
			"one tag":         {store.Filter{Tags: []string{"go"}}, []string{one.ID, both.ID}},
			"all of the tags": {store.Filter{Tags: []string{"go", "web"}}, []string{both.ID}},
			"tag and status":  {store.Filter{Tags: []string{"go"}, Status: check.Valid}, []string{both.ID}},
			"text and tag":    {store.Filter{Tags: []string{"go"}, Text: "example.com/2"}, []string{one.ID}},
			"after": {store.Filter{Tags: []string{"go"}, After: store.Position{CreatedAt: one.CreatedAt, ID: one.ID}},
				[]string{both.ID}},
		} {
			f.equal(name, ids(f.list("ann", test.filter)), test.want)
		}
	},
	"text finds every word, whatever its characters": func(t *testing.T, f *fixture) {
		for i, d := range []link.Draft{
			{Title: "100% sure", Description: "under_score"},
			{Title: "100 sure", Description: "underXscore"},
			{Title: `back\slash`, Description: "Ärger in ÅLESUND"},
			{Title: "backslash", Tags: []string{"ΣΊΣΥΦΟΣ"}},
			{Title: "İstanbul Ω 漢字", Description: "one\ntwo"},
		} {
			d.URL = page(i)
			f.addDraft("ann", d)
			f.clock.pass(time.Microsecond)
		}
		for text, want := range map[string]string{
			"%":                       "0",
			"_":                       "0",
			`\`:                       "2",
			`\\`:                      "",
			"100%":                    "0",
			"100":                     "0 1",
			"under_":                  "0",
			"UNDER score":             "0 1",
			"sure 100":                "0 1",
			"back slash":              "2 3",
			"ÄRGER ålesund":           "2",
			"arger":                   "",
			"σίσυφοσ":                 "3",
			"漢":                       "4",
			"ω":                       "4",
			"İSTANBUL":                "4",
			"two one":                 "4",
			"one two three":           "",
			"EXAMPLE.com/4":           "4",
			" \t\n":                   "0 1 2 3 4",
			"'; DROP TABLE links":     "",
			"\x00":                    "",
			"\xff":                    "",
			strings.Repeat("q ", 500): "",
		} {
			var got []string
			for _, l := range f.list("ann", store.Filter{Text: text}) {
				got = append(got, strings.TrimPrefix(l.URL, "https://example.com/"))
			}
			slices.Reverse(got)
			f.equal(text, strings.Join(got, " "), want)
		}
	},
	"what is asked for too much of is refused by name": func(t *testing.T, f *fixture) {
		for field, filter := range map[string]store.Filter{
			"q":      {Limit: 1, Text: strings.Repeat("x", store.MaxText+1)},
			"tag":    {Limit: 1, Tags: make([]string, link.MaxTags+1)},
			"cursor": {Limit: 1, After: store.Position{CreatedAt: start, ID: "x"}},
		} {
			_, err := f.List(t.Context(), "ann", filter)
			f.failsField(field, err, field)
		}
	},
	"no limit, no links": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		got, err := f.List(t.Context(), "ann", store.Filter{})
		f.equal("error", err, nil)
		f.equal("links", got, []link.Link{})
	},
}

func (f *fixture) update(l link.Link, tags []string) {
	f.t.Helper()
	if _, err := f.Update(f.t.Context(), l.Owner, l.ID, store.Patch{Tags: &tags}); err != nil {
		f.t.Fatal(err)
	}
}
