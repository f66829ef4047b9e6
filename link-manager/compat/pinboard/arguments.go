package pinboard

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/linkwell/linkwell/link-manager/compat/moment"
	"github.com/linkwell/linkwell/link-manager/link"
)

// arguments are what a request gives. One that is empty is as good as none.
type arguments url.Values

func (a arguments) get(name string) string { return url.Values(a).Get(name) }

// flag is an argument that is yes or no. It fails with a *link.FieldError.
func (a arguments) flag(name string, otherwise bool) (bool, error) {
	switch strings.ToLower(a.get(name)) {
	case "":
		return otherwise, nil
	case "yes", "1", "true":
		return true, nil
	case "no", "0", "false":
		return false, nil
	}
	return false, &link.FieldError{Field: name, Problem: "it must be yes or no"}
}

// moment is an argument that is a time; zero if it is not given. It fails with a *link.FieldError.
func (a arguments) moment(name string) (time.Time, error) {
	text := a.get(name)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := moment.Parse(text)
	if err != nil {
		return time.Time{}, &link.FieldError{Field: name, Problem: err.Error()}
	}
	return at, nil
}

// number is an argument that is a whole number of 0 or more. It fails with a *link.FieldError.
func (a arguments) number(name string, otherwise int) (int, error) {
	text := a.get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, &link.FieldError{Field: name, Problem: "it must be a whole number of 0 or more"}
	}
	return n, nil
}

// tags are the tags in an argument, with spaces or commas between them; never nil. It fails with a *link.FieldError.
func (a arguments) tags(name string) ([]string, error) { return splitTags(a.get(name)) }

func splitTags(text string) ([]string, error) {
	return link.NormalizeTags(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }))
}

// maxFilterTags is how many tags posts are filtered by at most.
const maxFilterTags = 3

// filter are the tags that posts must have. It fails with a *link.FieldError.
func (a arguments) filter() ([]string, error) {
	tags, err := a.tags("tag")
	if err == nil && len(tags) > maxFilterTags {
		err = &link.FieldError{Field: "tag", Problem: fmt.Sprintf("there are %d tags; the most allowed is %d", len(tags), maxFilterTags)}
	}
	return tags, err
}

// tag is an argument that is one tag. It fails with a *link.FieldError.
func (a arguments) tag(name string) (string, error) {
	tags, err := a.tags(name)
	if err == nil && len(tags) != 1 {
		err = &link.FieldError{Field: name, Problem: "it must be one tag"}
	}
	if err != nil {
		return "", err
	}
	return tags[0], nil
}
