package linkding

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
)

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The caller may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// detail answers what is wrong with a request as a whole.
func detail(w http.ResponseWriter, status int, sentence string) {
	answer(w, status, map[string]string{"detail": sentence})
}

// invalid is what is wrong with fields or parameters, by name.
type invalid map[string][]string

// Error is for nobody to read: it is answered as it is.
func (invalid) Error() string { return "fields are invalid" }

// wrong is an invalid of one field.
func wrong(field, sentence string) invalid { return invalid{field: {sentence}} }

// fail answers an error.
func (s *server) fail(w http.ResponseWriter, r *http.Request, verb string, err error) {
	var fields invalid
	var field *link.FieldError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &fields):
		answer(w, http.StatusBadRequest, fields)
	case errors.As(err, &field):
		name := field.Field
		if name == "tags" {
			name = "tag_names"
		}
		answer(w, http.StatusBadRequest, wrong(name, field.Problem))
	case errors.As(err, new(*link.DuplicateError)):
		answer(w, http.StatusBadRequest, wrong("url", "A bookmark with this URL already exists."))
	case errors.As(err, &tooLarge):
		detail(w, http.StatusRequestEntityTooLarge, "The body is too large.")
	default:
		refuse(w, r, s.gate.Problem(r.Context(), verb, err))
	}
}

// refuse answers a problem in linkding's words.
func refuse(w http.ResponseWriter, _ *http.Request, p *api.Problem) {
	if wait := p.GetHeaders().Get("Retry-After"); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Token")
		detail(w, p.Status, "Invalid token. Send one of Linkwell's as Authorization: Token lw_…")
	case http.StatusNotFound:
		detail(w, p.Status, "Not found.")
	default:
		detail(w, p.Status, p.Detail)
	}
}
