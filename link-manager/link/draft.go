package link

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-checker/check"
)

// The limits of what a person may save: MaxTags counts tags, the others characters.
const (
	MaxTitle       = 1_000
	MaxDescription = 20_000
	MaxTags        = 100
	MaxTag         = 100
)

// Draft is what a person asks to save: the fields of a Link that are theirs.
type Draft struct {
	URL         string
	Title       string
	Description string
	Tags        []string
}

// Normalize returns the draft as it will be stored: texts trimmed, tags sorted and unique. It fails with a *FieldError
// naming the first field that cannot be stored.
func (d Draft) Normalize() (Draft, error) {
	d.URL = strings.TrimSpace(d.URL)
	if _, err := Key(d.URL, Tracking{}); err != nil {
		return Draft{}, urlProblem(err)
	}
	var err error
	if d.Title, err = text("title", d.Title, MaxTitle, false); err != nil {
		return Draft{}, err
	}
	if d.Description, err = text("description", d.Description, MaxDescription, true); err != nil {
		return Draft{}, err
	}
	if d.Tags, err = NormalizeTags(d.Tags); err != nil {
		return Draft{}, err
	}
	return d, nil
}

// urlProblem is a URL that cannot be saved, as a problem of the field url.
func urlProblem(err error) error {
	var unusable *check.URLError
	if errors.As(err, &unusable) {
		return &FieldError{"url", unusable.Problem}
	}
	return err
}

// NormalizeTags returns the tags as they are stored: without spaces around them or # before them, in lower case, sorted,
// each once; never nil. Tags that went through it stay as they are. It fails with a *FieldError if there are more than MaxTags, or one is empty, longer than MaxTag or
// holds a space, a comma or a control character.
func NormalizeTags(tags []string) ([]string, error) {
	kept := make([]string, 0, len(tags))
	for _, tag := range tags {
		tag, err := text("tags", strings.ToLower(strings.TrimLeftFunc(tag, func(r rune) bool { return r == '#' || unicode.IsSpace(r) })), MaxTag, false)
		if err != nil {
			return nil, err
		}
		switch {
		case tag == "":
			return nil, &FieldError{"tags", "a tag must not be empty"}
		case strings.ContainsFunc(tag, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }):
			return nil, &FieldError{"tags", fmt.Sprintf("the tag %q has a space or a comma in it; send each tag as a string of its own, with - between words", tag)}
		}
		kept = append(kept, tag)
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if len(kept) > MaxTags {
		return nil, &FieldError{"tags", fmt.Sprintf("there are %d tags; the most allowed is %d", len(kept), MaxTags)}
	}
	return kept, nil
}

// text returns s trimmed. It fails with a *FieldError if s is longer than limit characters or holds bytes that neither
// database nor browser would take.
func text(field, s string, limit int, lines bool) (string, error) {
	s = strings.TrimSpace(s)
	if !utf8.ValidString(s) {
		return "", &FieldError{field, "it is not valid UTF-8"}
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return "", &FieldError{field, fmt.Sprintf("it has %d characters; the most allowed is %d", n, limit)}
	}
	control := func(r rune) bool {
		return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\r' || r == '\t'))
	}
	if strings.ContainsFunc(s, control) {
		return "", &FieldError{field, "it holds a control character"}
	}
	return s, nil
}
