package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
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
				filter.After = filter.PositionOf(last)
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
			"text and tag":    {store.Filter{Tags: []string{"go"}, Query: query(t, "example.com/2")}, []string{one.ID}},
			"after": {store.Filter{Tags: []string{"go"}, After: store.Position{At: one.CreatedAt, ID: one.ID}},
				[]string{both.ID}},
		} {
			f.equal(name, ids(f.list("ann", test.filter)), test.want)
		}
	},
	"text finds words, folded and whole": func(t *testing.T, f *fixture) {
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
		f.addDraft("bob", link.Draft{URL: page(0), Title: "100% sure"})
		for text, want := range map[string]string{
			"100":                    "0 1",
			"100%":                   "0 1",
			"UNDER score":            "0",
			"under*":                 "0 1",
			"sure 100":               "0 1",
			`"sure 100"`:             "",
			`"100 sure"`:             "0 1",
			`"100 su"*`:              "0 1",
			"back slash":             "2",
			"slash":                  "2",
			"back*":                  "2 3",
			"ÄRGER ålesund":          "2",
			"arger":                  "2",
			"σίσυφοσ":                "3",
			"漢":                      "4",
			"漢字":                     "4",
			"字漢":                     "",
			"ω":                      "4",
			"İSTANBUL":               "4",
			"istanbul":               "4",
			"two one":                "4",
			`"one two"`:              "4",
			`"字 one"`:                "",
			"one two three":          "",
			"EXAMPLE.com/4":          "4",
			"https://example.com/4":  "4",
			"example com":            "0 1 2 3 4",
			"exam":                   "",
			"":                       "0 1 2 3 4",
			"'x; DROP TABLE links":   "",
			"title:sure":             "0 1",
			"title:under":            "",
			"title:example":          "",
			"url:sure":               "",
			"url:example.com":        "0 1 2 3 4",
			"url:exam*":              "0 1 2 3 4",
			"description:score":      "0",
			"description:σισυφος":    "",
			"-100":                   "2 3 4",
			"100 -under":             "1",
			"100 or slash":           "0 1 2",
			"(100 or slash) -score":  "1 2",
			"-(100 or slash)":        "3 4",
			`-"100 sure"`:            "2 3 4",
			`-("100 sure" or slash)`: "3 4",
			"not not slash":          "2",
		} {
			f.finds(text, want)
		}
	},
	"filters find what they say": func(t *testing.T, f *fixture) {
		for i, d := range []link.Draft{
			{URL: page(0), Tags: []string{"go", "c++"}},
			{URL: "https://www.example.com/1", Tags: []string{"go_lang"}},
			{URL: "https://example.com.evil.example/2"},
			{URL: "http://[2001:db8::1]/3", Tags: []string{"a(b)", "#"}},
			{URL: "https://bücher.example/4"},
		} {
			if i == 3 {
				d.Tags = d.Tags[:1]
			}
			f.addDraft("ann", d)
			f.clock.pass(time.Hour)
		}
		for text, want := range map[string]string{
			"#go":                       "0",
			"#GO":                       "0",
			"#c++":                      "0",
			"#c":                        "",
			"c":                         "0",
			"go":                        "0 1",
			`tag:"a(b)"`:                "3",
			"is:untagged":               "2 4",
			"-is:untagged":              "0 1 3",
			"#go or #go_lang":           "0 1",
			"-#go":                      "1 2 3 4",
			"host:example.com":          "0 1",
			"host:www.example.com":      "1",
			"host:evil.example":         "2",
			"host:example":              "2 4",
			"host:com":                  "0 1",
			"host:[2001:db8::1]":        "3",
			"host:bücher.example":       "4",
			"-host:example.com":         "2 3 4",
			"added:<3h":                 "2 3 4",
			"added:<=2026-01-01":        "",
			"added:2026-01":             "0 1 2 3 4",
			"added:>2026-01-01 -#go":    "1 2 3 4",
			"added:>2026-01-02":         "",
			"is:pending":                "0 1 2 3 4",
			"is:valid or is:untagged":   "2 4",
			"checked:<1d":               "",
			"-checked:<1d #go":          "0",
			"reason:ok":                 "",
			"is:muted or is:moved":      "",
			"-is:failing -is:muted #go": "0",
		} {
			f.finds(text, want)
		}
	},
	"what is asked for too much of is refused by name": func(t *testing.T, f *fixture) {
		for field, filter := range map[string]store.Filter{
			"tag":    {Limit: 1, Tags: make([]string, link.MaxTags+1)},
			"cursor": {Limit: 1, After: store.Position{At: start, ID: "x"}},
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

// finds expects a query to find ann's pages of these numbers, whichever way it is answered: the whole list, in pages, and
// sorted otherwise.
func (f *fixture) finds(text, want string) {
	f.t.Helper()
	numbers := func(links []link.Link) string {
		var all []string
		for _, l := range links {
			all = append(all, l.URL[strings.LastIndexByte(l.URL, '/')+1:])
		}
		return strings.Join(sorted(all), " ")
	}
	f.equal(text, numbers(f.list("ann", store.Filter{Query: query(f.t, text)})), want)
	for _, sort := range []string{"sort:title", "sort:-checked"} {
		f.equal(text+" "+sort, numbers(f.list("ann", store.Filter{Query: query(f.t, text+" "+sort)})), want)
	}
}

func query(t testing.TB, text string) search.Query {
	t.Helper()
	q, err := search.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

func (f *fixture) update(l link.Link, tags []string) {
	f.t.Helper()
	if _, err := f.Update(f.t.Context(), l.Owner, l.ID, store.Patch{Tags: &tags}); err != nil {
		f.t.Fatal(err)
	}
}
