package imports

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// imported is an item of a file as a link that can be saved: what is too long is cut, tags get the form of ours, and a date
// that is yet to come is none. It fails with a *bookmarks.ItemError if the URL cannot be saved.
func imported(s Store, item bookmarks.Item, with store.ImportDraft, now time.Time) (store.Imported, error) {
	draft := link.Draft{URL: item.URL, Title: item.Title, Description: shortened(item.Description, link.MaxDescription)}
	if draft.Title = shortened(item.Title, link.MaxTitle); draft.Title != item.Title && draft.Description == "" {
		draft.Description = shortened(item.Title, link.MaxDescription)
	}
	draft.Tags = addTags(draft.Tags, with.Tags)
	draft.Tags = addTags(draft.Tags, item.Tags)
	if with.Folders {
		draft.Tags = addTags(draft.Tags, item.Folders)
	}
	createdAt := item.AddedAt
	if createdAt.After(now) {
		createdAt = time.Time{}
	}
	l, err := s.Importable(draft, createdAt)
	if err == nil {
		l.Line, l.Name = item.Line, shortened(item.Title, maxProblemTitle)
		return l, nil
	}
	problem := err.Error()
	var field *link.FieldError
	if errors.As(err, &field) {
		problem = field.Problem
		if field.Field == "url" {
			problem = "its address " + problem
		}
	}
	return store.Imported{}, &bookmarks.ItemError{Line: item.Line, Title: item.Title, Problem: problem}
}

// shortened is at most n characters of s.
func shortened(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}

// addTags adds names as tags, in the form that ours have: in lower case, with - for what separates words. What is left out
// is empty, or more than a link may have.
func addTags(tags, names []string) []string {
	for _, name := range names {
		if tag := tagOf(name); tag != "" && len(tags) < link.MaxTags {
			tags = append(tags, tag)
		}
	}
	return tags
}

func tagOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ',' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
	tag := strings.TrimLeft(strings.Join(words, "-"), "#")
	if runes := []rune(tag); len(runes) > link.MaxTag {
		tag = string(runes[:link.MaxTag])
	}
	return tag
}
