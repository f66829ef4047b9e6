package pinboard

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
)

// The words with which Pinboard says what became of a request.
const (
	done       = "done"
	notFound   = "item not found"
	hasAlready = "item already exists"
)

// answer is a request that is being answered, in the format it asks for.
type answer struct {
	w    http.ResponseWriter
	r    *http.Request
	json bool
}

// answered reads the arguments of a request, which must be readable, and has it handled.
func (s *server) answered(handle func(*answer, arguments)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			var tooLarge *http.MaxBytesError
			status := http.StatusBadRequest
			if errors.As(err, &tooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			say(w, status, "the arguments cannot be read")
			return
		}
		given := arguments(r.Form)
		handle(&answer{w, r, given.get("format") == "json"}, given)
	}
}

// begin begins an answer that is all well.
func (a *answer) begin() io.Writer {
	kind := "text/xml; charset=utf-8"
	if a.json {
		kind = "application/json; charset=utf-8"
	}
	a.w.Header().Set("Content-Type", kind)
	a.w.Header().Set("Cache-Control", "no-store")
	if !a.json {
		_, _ = io.WriteString(a.w, xml.Header)
	}
	return a.w
}

// is answers a value: one in JSON, another in XML. The caller may be gone; there is nobody left to tell.
func (a *answer) is(asJSON, asXML any) {
	w := a.begin()
	if a.json {
		_ = json.NewEncoder(w).Encode(asJSON)
		return
	}
	_ = xml.NewEncoder(w).Encode(asXML)
	_, _ = io.WriteString(w, "\n")
}

// code answers what became of a post.
func (a *answer) code(code string) {
	a.is(struct {
		Code string `json:"result_code"`
	}{code}, struct {
		XMLName xml.Name `xml:"result"`
		Code    string   `xml:"code,attr"`
	}{Code: code})
}

// result answers what became of a tag, or is asked for.
func (a *answer) result(result string) {
	a.is(struct {
		Result string `json:"result"`
	}{result}, struct {
		XMLName xml.Name `xml:"result"`
		Result  string   `xml:",chardata"`
	}{Result: result})
}

// fail answers an error as an HTTP status, so that nobody takes it for what was asked for.
func (s *server) fail(a *answer, verb string, err error) {
	s.failAs(a, verb, err, func(problem string) { say(a.w, http.StatusBadRequest, problem) })
}

// failAs answers an error: what is wrong with the arguments in a way of its own.
func (s *server) failAs(a *answer, verb string, err error, wrong func(problem string)) {
	var field *link.FieldError
	if !errors.As(err, &field) {
		refuse(a.w, a.r, s.gate.Problem(a.r.Context(), verb, err))
		return
	}
	name := field.Field
	if theirs, other := map[string]string{"title": "description", "description": "extended"}[name]; other {
		name = theirs
	}
	wrong(name + ": " + field.Problem)
}

// refuse answers a problem as Pinboard does: with the status, and a line of text.
func refuse(w http.ResponseWriter, _ *http.Request, p *api.Problem) {
	if wait := p.GetHeaders().Get("Retry-After"); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	sentence := p.Detail
	if p.Status == http.StatusUnauthorized {
		// A scheme that no browser knows, so that none asks for a password and keeps it.
		w.Header().Set("WWW-Authenticate", `Token realm="linkwell"`)
		sentence = "send a token of Linkwell as auth_token=name:lw_…, or as the password of Basic authentication"
	}
	say(w, p.Status, sentence)
}

func say(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "%d %s: %s\n", status, http.StatusText(status), sentence) //nolint:gosec // plain text, and not to be taken for anything else
}
