package linkding

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestSearchesOfLinkding(t *testing.T) {
	for text, want := range map[string]store.Pick{
		"":                     {},
		"  ":                   {},
		"Go blog":              {Texts: []string{"go", "blog"}},
		`"Go  blog" more`:      {Texts: []string{"go  blog", "more"}},
		`a"b c"`:               {Texts: []string{"a", "b c"}},
		`"open`:                {Texts: []string{"open"}},
		`""`:                   {},
		"#Go and #web":         {Tags: []string{"go", "web"}},
		"#":                    {},
		"go not #old NOT blog": {Texts: []string{"go"}, NotTags: []string{"old"}, NotTexts: []string{"blog"}},
		"not not go":           {Texts: []string{"go"}},
		"!unread":              {Tags: []string{"toread"}},
		"not !unread":          {NotTags: []string{"toread"}},
		"!untagged !x":         {Untagged: true, Texts: []string{"!x"}},
		"android":              {Texts: []string{"android"}},
		"c++ 100%":             {Texts: []string{"c++", "100%"}},

		strings.Repeat("a ", search.MaxTerms): {Texts: slices.Repeat([]string{"a"}, search.MaxTerms)},
		`"or"`:                                {Texts: []string{"or"}},
	} {
		got, err := parseQuery(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s (%v):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{
		"a or b", "(a)", "not !untagged", `"!!!"`, "go not ++", "\x00", "\xff", strings.Repeat("a ", search.MaxTerms+1), strings.Repeat("#a not b ", search.MaxTerms/2+1),
		"#" + strings.Repeat("a", link.MaxTag+1), strings.Repeat("a", maxQuery+1),
	} {
		if _, err := parseQuery(text); !errors.As(err, new(invalid)) {
			t.Errorf("%.20q: got %v", text, err)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, text := range []string{"", `a "b c" #d !unread not e`, "(a or b)", `"`, "#\x00", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseQuery(text)
		if err != nil {
			if !errors.As(err, new(invalid)) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, tag := range append(p.Tags, p.NotTags...) {
			if strings.HasPrefix(tag, "#") {
				continue // one # before a tag is taken away each time it is read
			}
			if kept, err := link.NormalizeTags([]string{tag}); err != nil || len(kept) != 1 || kept[0] != tag {
				t.Errorf("%q asks for the tag %q", text, tag)
			}
		}
		for _, word := range append(p.Texts, p.NotTexts...) {
			if len(search.Words(word)) == 0 {
				t.Errorf("%q asks for nothing", text)
			}
		}
	})
}

func TestTagsOfLinkding(t *testing.T) {
	got := tagsOf([]string{" New  Tag", "a,b ,", "", "#c", "\u00a0"})
	if diff := cmp.Diff([]string{"New-Tag", "a", "b", "#c"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNotesGoBelowTheDescriptionOnce(t *testing.T) {
	for _, test := range []struct{ description, notes, want string }{
		{"", "", ""}, {"d", "", "d"}, {"", "n", "n"}, {" d ", " n\n", "d\n\nn"}, {"d\n\nn", "n", "d\n\nn"}, {"n", "n", "n"}, {"dn", "n", "dn\n\nn"},
	} {
		got := withNotes(test.description, test.notes)
		if got != test.want || withNotes(got, test.notes) != got {
			t.Errorf("%q and %q are %q", test.description, test.notes, got)
		}
	}
}

func TestTimesOfLinkding(t *testing.T) {
	at := time.Date(2026, 1, 2, 4, 4, 5, 678_900_000, time.FixedZone("", 3600))
	if got := formatMoment(at); got != "2026-01-02T03:04:05.678900Z" {
		t.Error(got)
	}
	if got := formatMoment(at.Truncate(time.Second)); got != "2026-01-02T03:04:05Z" {
		t.Error(got)
	}
}
