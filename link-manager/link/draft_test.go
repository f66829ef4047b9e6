package link

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormalize(t *testing.T) {
	got, err := Draft{URL: " https://example.com ", Title: " A title ", Description: "two\nlines\n", Tags: []string{"Go", " #read-later", "go"}}.Normalize()
	want := Draft{URL: "https://example.com", Title: "A title", Description: "two\nlines", Tags: []string{"go", "read-later"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := (Draft{URL: "https://example.com"}).Normalize(); err != nil || got.Tags == nil {
		t.Errorf("no tags are %v, %v; want an empty list", got.Tags, err)
	}
}

func TestNormalizeNamesTheFieldThatIsWrong(t *testing.T) {
	many := make([]string, MaxTags+1)
	for i := range many {
		many[i] = fmt.Sprint("tag", i)
	}
	for name, test := range map[string]struct {
		draft Draft
		field string
	}{
		"no url":                   {Draft{}, "url"},
		"unusable url":             {Draft{URL: "ftp://example.com"}, "url"},
		"long title":               {Draft{Title: strings.Repeat("é", MaxTitle+1)}, "title"},
		"title of two lines":       {Draft{Title: "a\nb"}, "title"},
		"title of broken bytes":    {Draft{Title: "\xff"}, "title"},
		"long description":         {Draft{Description: strings.Repeat("a", MaxDescription+1)}, "description"},
		"NUL in the description":   {Draft{Description: "a\x00b"}, "description"},
		"empty tag":                {Draft{Tags: []string{"a", " "}}, "tags"},
		"tag of a hash only":       {Draft{Tags: []string{"#"}}, "tags"},
		"tags in one string":       {Draft{Tags: []string{"a,b"}}, "tags"},
		"tag of two words":         {Draft{Tags: []string{"read later"}}, "tags"},
		"long tag":                 {Draft{Tags: []string{strings.Repeat("a", MaxTag+1)}}, "tags"},
		"too many tags":            {Draft{Tags: many}, "tags"},
		"control character in tag": {Draft{Tags: []string{"a\x07"}}, "tags"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.draft.URL == "" && test.field != "url" {
				test.draft.URL = "https://example.com"
			}
			_, err := test.draft.Normalize()
			var field *FieldError
			if !errors.As(err, &field) || field.Field != test.field || field.Problem == "" {
				t.Errorf("error is %v, want one about %s", err, test.field)
			}
		})
	}
	if _, err := (Draft{URL: "https://example.com", Title: strings.Repeat("é", MaxTitle)}).Normalize(); err != nil {
		t.Errorf("the longest title: %v", err)
	}
}

func TestNormalizedTagsStayAsTheyAre(t *testing.T) {
	for _, tag := range []string{"##x", "# #x", "#X", " # ab", "İstanbul", "ǅ", "ß", "a#b"} {
		once, err := NormalizeTags([]string{tag})
		if err != nil {
			t.Errorf("%q: %v", tag, err)
			continue
		}
		if twice, err := NormalizeTags(once); err != nil || !slices.Equal(once, twice) {
			t.Errorf("%q is %q, and then %q (%v)", tag, once, twice, err)
		}
	}
}
