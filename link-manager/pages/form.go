package pages

import (
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/linkwell/linkwell/link-manager/link"
)

// formValue is a field of the form that was sent.
func formValue(r *http.Request, name string) (string, error) {
	if err := r.ParseForm(); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return "", err
		}
		return "", &link.FieldError{Field: name, Problem: "the form cannot be read"}
	}
	return strings.TrimSpace(r.PostForm.Get(name)), nil
}

// tagsIn are the tags that were typed, with spaces or commas between them, and a # before each or not.
func tagsIn(typed string) []string {
	tags := []string{}
	for word := range strings.FieldsFuncSeq(typed, func(c rune) bool { return unicode.IsSpace(c) || c == ',' }) {
		if tag := strings.TrimPrefix(word, "#"); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// withScheme is what was typed as a URL: people leave out https://. What has a scheme keeps it, also one of which the error
// then says that it cannot be checked; localhost:8080 has a port.
func withScheme(typed string) string {
	scheme, rest, found := strings.Cut(typed, ":")
	port := rest != "" && rest[0] >= '0' && rest[0] <= '9'
	if typed == "" || found && !port && !strings.ContainsAny(scheme, "./") {
		return typed
	}
	return "https://" + typed
}
