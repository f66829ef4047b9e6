package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Problem is every error the API answers: RFC 9457, application/problem+json.
type Problem struct { //nolint:errname // the standard's word, and the schema's name in the OpenAPI document
	// Type is stable for each kind of problem: urn:linkwell:problem:duplicate.
	Type   string `json:"type" doc:"Stable name of the kind of problem"`
	Title  string `json:"title" doc:"The kind of problem in words"`
	Status int    `json:"status" doc:"The HTTP status code"`
	Detail string `json:"detail,omitempty" doc:"What is wrong with this request, and what would be right"`
	// Errors name each parameter or field that is wrong.
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"Each parameter or field that is wrong"`
	// challenge is the WWW-Authenticate of a 401 or 403; empty for none.
	challenge string
	// Existing is the link that is already saved, with a 409.
	Existing *Link `json:"existing,omitempty" doc:"The link that is already saved"`

	header http.Header
}

var (
	_ huma.StatusError  = (*Problem)(nil)
	_ huma.HeadersError = (*Problem)(nil)
)

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status code.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders asks whoever met a 503 to come again, in retryAfter, and tells whoever may not do something what is missing
// (RFC 6750 section 3).
func (p *Problem) GetHeaders() http.Header {
	header := p.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if p.Status == http.StatusServiceUnavailable {
		header.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	if p.challenge != "" {
		header.Set("WWW-Authenticate", p.challenge)
	}
	return header
}

// retryAfter is when to try again what could not be done for reasons of ours: most of them pass in a moment, or are mended
// by somebody who has to be told first.
const retryAfter = 10 * time.Second

// ContentType makes huma answer application/problem+json.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// problem is the one place where an error becomes an HTTP answer.
func (a *api) problem(ctx context.Context, verb string, err error) error {
	var field *link.FieldError
	var duplicate *link.DuplicateError
	var quota *store.QuotaError
	var already *Problem
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &field):
		p := newKind(http.StatusUnprocessableEntity, "invalid-field", field.Error())
		p.Errors = []*huma.ErrorDetail{{Location: "body." + field.Field, Message: field.Problem}}
		return p
	case errors.As(err, &duplicate):
		p := newKind(http.StatusConflict, "duplicate", "you have already saved this link")
		existing := newLink(duplicate.Existing)
		p.Existing = &existing
		return p
	case errors.Is(err, store.ErrChanged):
		return newKind(http.StatusPreconditionFailed, "changed", "the link was changed meanwhile; get it again, and send its new ETag as If-Match")
	case errors.Is(err, link.ErrNotFound):
		return newKind(http.StatusNotFound, "not-found", "there is no such link")
	case errors.Is(err, account.ErrNotFound):
		return newKind(http.StatusNotFound, "not-found", "there is no such token or user")
	case errors.Is(err, account.ErrTaken):
		return newKind(http.StatusConflict, "login-taken", "somebody has this login already; choose another")
	case errors.Is(err, account.ErrTooMany):
		return newKind(http.StatusConflict, "too-many-tokens", fmt.Sprintf("you have %d tokens, which is the most allowed; revoke one that you do not need", account.MaxTokens))
	case errors.Is(err, account.ErrUnknown):
		return unauthorized("invalid_token")
	case errors.Is(err, account.ErrBusy):
		return newKind(http.StatusServiceUnavailable, "busy", account.ErrBusy.Error()+"; try again")
	case errors.Is(err, account.ErrProvider):
		a.Logger.ErrorContext(ctx, verb, "error", err)
		return newKind(http.StatusServiceUnavailable, "provider", "the provider that you sign in with cannot be used now; try again")
	case errors.Is(err, store.ErrNoImport):
		return newKind(http.StatusNotFound, "not-found", "there is no such import")
	case errors.Is(err, store.ErrManyImports):
		return newKind(http.StatusTooManyRequests, "many-imports", fmt.Sprintf("%d imports of yours are not finished; wait for one, or cancel it", store.MaxImports))
	case errors.Is(err, store.ErrImportFinished):
		return newKind(http.StatusConflict, "finished", "the import is finished; there is nothing left to stop")
	case errors.As(err, &quota):
		return newKind(http.StatusForbidden, "quota", quota.Error())
	case errors.Is(err, store.ErrSearchNotFound):
		return newKind(http.StatusNotFound, "not-found", store.ErrSearchNotFound.Error())
	case errors.Is(err, store.ErrSearchExists):
		return newKind(http.StatusConflict, "duplicate-search", store.ErrSearchExists.Error())
	case errors.Is(err, store.ErrTooManySearches):
		return newKind(http.StatusConflict, "too-many-searches", store.ErrTooManySearches.Error())
	case errors.Is(err, store.ErrDiskFull):
		a.Logger.ErrorContext(ctx, verb, "error", err)
		return newKind(http.StatusServiceUnavailable, "disk-full", "the disk of the database is full, so nothing was saved; try again when there is room")
	case errors.Is(err, store.ErrNoWebhook):
		return newKind(http.StatusNotFound, "not-found", store.ErrNoWebhook.Error())
	case errors.Is(err, store.ErrTooManyWebhooks):
		return newKind(http.StatusConflict, "too-many-webhooks", store.ErrTooManyWebhooks.Error())
	case errors.Is(err, deadletter.ErrNotFound):
		return newKind(http.StatusNotFound, "not-found", "there is no such dead letter: it was redriven or purged, its time was over, or it never was")
	case errors.Is(err, deadletter.ErrNoWayBack):
		return newKind(http.StatusConflict, "no-way-back", err.Error())
	case ctx.Err() != nil:
		return newKind(http.StatusServiceUnavailable, "interrupted", "the request ended before it was done; try again")
	case errors.Is(err, deadletter.ErrBroker):
		a.Logger.ErrorContext(ctx, verb, "error", err)
		return newKind(http.StatusServiceUnavailable, "unavailable", "the broker cannot do this now; try again")
	default:
		a.Logger.ErrorContext(ctx, verb, "error", err)
		return newKind(http.StatusServiceUnavailable, "unavailable", "the store cannot do this now; try again")
	}
}

func newKind(status int, kind, detail string) *Problem {
	return &Problem{Type: "urn:linkwell:problem:" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// newProblem is huma's way to make an error: of requests that do not fit the OpenAPI document. Parameters that cannot be
// used are a 400, fields of the body a 422; the detail names the first.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	if status == http.StatusUnsupportedMediaType {
		return newKind(status, "media-type", "the body must be JSON; send it with Content-Type: application/json")
	}
	p := newKind(status, "request", message)
	onlyParameters := len(errs) > 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		detail := &huma.ErrorDetail{Message: err.Error()}
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			detail = detailer.ErrorDetail()
		}
		// A value can be long, and can be a secret in the wrong place; the location says enough.
		detail.Value = nil
		if strings.HasPrefix(detail.Location, "body") || detail.Location == "" {
			onlyParameters = false
		}
		p.Errors = append(p.Errors, detail)
	}
	if status == http.StatusUnprocessableEntity && onlyParameters {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	if len(p.Errors) > 0 && p.Errors[0].Location != "" {
		p.Detail = fmt.Sprintf("%s: %s", p.Errors[0].Location, p.Errors[0].Message)
	}
	return p
}

// refuse answers a problem before a route's handler is asked.
func refuse(ctx huma.Context, problem huma.StatusError) {
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(problem.GetStatus())
	// The caller may be gone; there is nobody left to tell.
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(problem)
}

// writeProblem answers outside of huma's routes.
func writeProblem(w http.ResponseWriter, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	// The caller may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(p)
}

// NotFound answers that there is nothing at an address.
func NotFound(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, newKind(http.StatusNotFound, "no-such-page", "there is nothing at this address; the API is under /v1 and described at /openapi.json"))
}

// MethodNotAllowed answers that an address cannot be asked so, and names the methods that there are.
func MethodNotAllowed(w http.ResponseWriter, r *http.Request) {
	SetAllow(w, r)
	writeProblem(w, newKind(http.StatusMethodNotAllowed, "method", r.Method+" is not possible here"))
}

// SetAllow names the methods that there are at an address (RFC 9110 section 15.5.6).
func SetAllow(w http.ResponseWriter, r *http.Request) {
	routes := chi.RouteContext(r.Context()).Routes
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if routes.Match(chi.NewRouteContext(), method, r.URL.Path) {
			w.Header().Add("Allow", method)
		}
	}
}

// recoverPanics turns a panic into a 500 and a log line with its stack; the process lives on.
func (a *api) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic value, compared as net/http does
				panic(p) // or an answer that broke off would look like a whole one
			}
			if p != nil {
				a.Logger.ErrorContext(r.Context(), "panic", "method", r.Method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				refuseWith(w, r, newKind(http.StatusInternalServerError, "internal", "something went wrong on our side"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
