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
)

// Store is what the API asks of the store. Every call carries the owner; a foreign id is as unknown as no id at all.
type Store interface {
	Links
	Totals
	Searches
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
	a.linkRoutes(v1)
	a.statsRoutes(v1)
	a.searchRoutes(v1)
	a.deadLetterRoutes(v1)
}

// config is huma's, without its documentation pages, which load their scripts from elsewhere, and without $schema fields.
func config() huma.Config {
	c := huma.DefaultConfig("Linkwell", "1")
	c.Info.Description = "Save links, and know whether they still work."
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	return c
}
