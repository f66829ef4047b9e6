package pages

import (
	"errors"
	"net/http"
	"strings"

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

// withScheme is what was typed as a URL: people leave out https://.
func withScheme(typed string) string {
	if typed == "" || strings.Contains(typed, ":") && !strings.Contains(typed, ".") || strings.Contains(typed, "://") {
		return typed
	}
	if scheme, _, found := strings.Cut(typed, ":"); found && !strings.ContainsAny(scheme, "./") {
		return typed // mailto: and the like, of which the error says that it cannot be checked
	}
	return "https://" + typed
}
