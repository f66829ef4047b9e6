// Package api is Linkwell's JSON API under /v1, and its health pages. Requests and errors are described by the OpenAPI
// document it serves at /openapi.json.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what the API asks of the store. Every call carries the owner; a foreign id is as unknown as no id at all.
type Store interface {
	Add(ctx context.Context, owner string, draft link.Draft) (link.Link, error)
	Get(ctx context.Context, owner, id string) (link.Link, error)
	List(ctx context.Context, owner string, filter store.Filter) ([]link.Link, error)
	Update(ctx context.Context, owner, id string, patch store.Patch) (link.Link, error)
	Delete(ctx context.Context, owner, id string) error
	CheckNow(ctx context.Context, owner, id string) (link.Link, error)
	Checks(ctx context.Context, owner, id string, limit int) ([]store.Check, error)
	Days(ctx context.Context, owner, id string) ([]store.Day, error)
}

// Config is what the API is built from.
type Config struct {
	Store       Store
	DeadLetters DeadLetters
	// Owner tells whose request it is.
	Owner func(context.Context) string
	// Wake tells the dispatcher that somebody waits for a check.
	Wake func()
	// Parts are what /readyz reports.
	Parts []Part
	// Guard is put around everything but the health pages; nil means none.
	Guard func(http.Handler) http.Handler
	// Tracing is where the span of each request goes; nil means that none are recorded.
	Tracing trace.TracerProvider
	// Answered is told of each request, when it was answered: its method and route, like GET and /v1/links/{id}, the HTTP
	// status, and how long it took. A method that nothing here answers is HTTP, and what has no route has an empty one, so
	// that strangers cannot make either up. Nil means that nobody counts.
	Answered func(method, route string, status int, took time.Duration)
	Logger   *slog.Logger
}

// api is what the routes share.
type api struct{ Config }

// huma knows one kind of error for the whole process, so it is set before anything serves.
func init() { huma.NewError = newProblem }

// maxBodyBytes is the largest request body.
const maxBodyBytes = 64 << 10

// New returns the API.
func New(c Config) http.Handler {
	a := &api{c}

	router := chi.NewMux()
	router.Use(a.traced, a.counted, a.recoverPanics)
	router.NotFound(notFound)
	router.MethodNotAllowed(methodNotAllowed)
	router.Get("/healthz", healthz)
	router.Get("/readyz", a.readyz)
	router.Group(func(guarded chi.Router) {
		if c.Guard != nil {
			guarded.Use(c.Guard)
		}
		guarded.Use(middleware.RequestSize(maxBodyBytes))
		a.routes(humachi.New(guarded, config()))
	})
	return router
}

// routes is the API as a product person reads it.
func (a *api) routes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/links", "add-link", "Save a link; it is checked in the background", http.StatusCreated, a.addLink)
	route(v1, http.MethodGet, "/v1/links", "list-links", "List and search links, newest first", http.StatusOK, a.listLinks)
	route(v1, http.MethodGet, "/v1/links/{id}", "get-link", "One link and what is known about it", http.StatusOK, a.getLink)
	route(v1, http.MethodPatch, "/v1/links/{id}", "change-link", "Change a link; a new url is checked anew", http.StatusOK, a.changeLink)
	route(v1, http.MethodDelete, "/v1/links/{id}", "delete-link", "Delete a link", http.StatusNoContent, a.deleteLink)
	route(v1, http.MethodPost, "/v1/links/{id}/check", "check-link", "Check a link now", http.StatusAccepted, a.checkLink)
	route(v1, http.MethodGet, "/v1/links/{id}/checks", "list-checks", "The newest answers for a link, newest first", http.StatusOK, a.listChecks)
	route(v1, http.MethodGet, "/v1/links/{id}/days", "list-days", "What the checks of each day said, newest first", http.StatusOK, a.listDays)

	route(v1, http.MethodGet, "/v1/dead-letters", "list-dead-letters", "List events that a function could not handle, oldest first", http.StatusOK, a.listDeadLetters)
	route(v1, http.MethodGet, "/v1/dead-letters/{id}", "get-dead-letter", "One of them, with the event's headers and body", http.StatusOK, a.getDeadLetter)
	route(v1, http.MethodPost, "/v1/dead-letters/{id}/redrive", "redrive-dead-letter", "Have its event handled again", http.StatusOK, a.redriveDeadLetter)
	route(v1, http.MethodDelete, "/v1/dead-letters/{id}", "purge-dead-letter", "Delete it", http.StatusNoContent, a.purgeDeadLetter)
}

func route[I, O any](v1 huma.API, method, path, id, summary string, status int, handle func(context.Context, *I) (*O, error)) {
	huma.Register(v1, huma.Operation{
		OperationID:                  id,
		Method:                       method,
		Path:                         path,
		Summary:                      summary,
		DefaultStatus:                status,
		MaxBodyBytes:                 maxBodyBytes,
		RejectUnknownQueryParameters: true,
	}, handle)
}

// config is huma's, without its documentation pages, which load their scripts from elsewhere, and without $schema fields.
func config() huma.Config {
	c := huma.DefaultConfig("Linkwell", "1")
	c.Info.Description = "Save links, and know whether they still work."
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	return c
}
