package client

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Kind is what a problem is about. Its names are stable; there are more than those below.
type Kind string

const (
	// NotFound means that there is no such link, or whatever it was that was asked for.
	NotFound Kind = "not-found"
	// Duplicate means that the link is saved already; the problem has it.
	Duplicate Kind = "duplicate"
	// Changed means that a link is another one than IfMatch says.
	Changed Kind = "changed"
	// InvalidField means that something in what was sent cannot be saved; the problem names it.
	InvalidField Kind = "invalid-field"
	// TagExists means that a tag cannot be renamed, because there is one of that name.
	TagExists Kind = "tag-exists"
	// Unauthorized means that the token is unknown, expired or revoked, or that one is needed.
	Unauthorized Kind = "unauthorized"
	// RateLimited means that there are too many requests.
	RateLimited Kind = "rate-limit"
	// KeyBusy means that the same request is being done.
	KeyBusy Kind = "key-busy"
	// NoWayBack means that a dead letter does not say where its event came from.
	NoWayBack Kind = "no-way-back"
)

// problemPrefix begins the type of each problem of ours.
const problemPrefix = "urn:linkwell:problem:"

// Problem is what Linkwell answers where it does not do what it was asked (RFC 9457).
type Problem struct { //nolint:errname // the standard's word
	Type string `json:"type"`
	// Title is the kind in words.
	Title string `json:"title"`
	// Status is the HTTP status.
	Status int `json:"status"`
	// Detail is a sentence: what is wrong, and what would be right.
	Detail string `json:"detail,omitempty"`
	// Errors name what is wrong, one by one: a parameter, or a field of the body.
	Errors []FieldError `json:"errors,omitempty"`
	// Existing is the link that is saved already, with Duplicate.
	Existing *Link `json:"existing,omitempty"`
	// RetryAfter is when to come again; 0 where that was not said.
	RetryAfter time.Duration `json:"-"`
}

// FieldError is one thing that is wrong with a request.
type FieldError struct {
	// Location is where: query.limit, body.url.
	Location string `json:"location,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Error is the sentence of FieldError for people.
func (e FieldError) Error() string { return strings.TrimPrefix(e.Location+": "+e.Message, ": ") }

// Error is the detail.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}

// Kind is what the problem is about; empty if it is none of Linkwell's.
func (p *Problem) Kind() Kind {
	kind, ours := strings.CutPrefix(p.Type, problemPrefix)
	if !ours {
		return ""
	}
	return Kind(kind)
}

// KindOf is the kind of the problem in err; empty if there is none.
func KindOf(err error) Kind {
	var p *Problem
	if errors.As(err, &p) {
		return p.Kind()
	}
	return ""
}

// UnreachableError means that no answer came.
type UnreachableError struct {
	Server string
	Err    error
	// sent means that the request may have been done.
	sent bool
}

func (e *UnreachableError) Error() string {
	return "no link manager answers at " + e.Server + ": " + e.Err.Error()
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AnswerError means that an answer came which no Linkwell gives: somebody else's, or that of a proxy in front.
type AnswerError struct {
	Server string
	Status int
	// Wrong says in words what is wrong with the answer.
	Wrong      string
	retryAfter time.Duration
}

func (e *AnswerError) Error() string {
	return "what answers at " + e.Server + " is no link manager: its answer " + e.Wrong
}

// unreachable is why there is no answer, to a request that was sent or for which there was not even a connection. What net/http
// says would repeat the whole address.
func (c *Client) unreachable(err error, sent bool) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return &UnreachableError{Server: c.config.Server, Err: err, sent: sent}
}

// refusal is what an answer says that is no success.
func (c *Client) refusal(res *http.Response) error {
	var p Problem
	body := io.LimitReader(res.Body, maxProblem)
	if err := json.NewDecoder(body).Decode(&p); err == nil && strings.HasPrefix(p.Type, problemPrefix) {
		_, _ = io.Copy(io.Discard, body) // so that the connection can be used again
		p.Status, p.RetryAfter = res.StatusCode, retryAfterOf(res.Header)
		return &p
	}
	wrong := "is " + res.Status
	if to, err := res.Location(); err == nil && res.StatusCode < 400 {
		wrong += ", on to " + to.Scheme + "://" + to.Host + "; if that is where it is, name it as the server"
	}
	return &AnswerError{Server: c.config.Server, Status: res.StatusCode, Wrong: wrong, retryAfter: retryAfterOf(res.Header)}
}

// refused is the status of a refusal, and when to come again; 0 if err is none.
func refused(err error) (status int, retryAfter time.Duration) {
	var p *Problem
	var foreign *AnswerError
	switch {
	case errors.As(err, &p):
		return p.Status, p.RetryAfter
	case errors.As(err, &foreign):
		return foreign.Status, foreign.retryAfter
	default:
		return 0, 0
	}
}
