// Package api is Linkwell's JSON API under /v1, and its health pages. Requests and errors are described by the OpenAPI
// document it serves at /openapi.json.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what the API asks of the store. Every call carries the owner; a foreign id is as unknown as no id at all.
type Store interface {
	Links
	Changes
	Webhooks
	Trash
	Answers
	Tags
	Hosts
	Imports
	Exports
	Totals
	Searches
}

// Config is what the API is built from.
type Config struct {
	Store       Store
	DeadLetters DeadLetters
	// Accounts tells who shows a token, or is signed in.
	Accounts *account.Accounts
	// Owner tells whose request it is that shows no token; nil means that everybody needs an account.
	Owner func(context.Context) string
	// Passwords has people sign in with a password, Provider with what an OpenID Connect provider says of them.
	Passwords bool
	Provider  *account.Provider
	// RateLimit is how many requests a token or a user may make in a minute; 0 is any number. An address that shows no
	// account gets a quarter of that.
	RateLimit int
	// TrustedProxies are networks whose word about a client's address (X-Forwarded-For) is believed.
	TrustedProxies []netip.Prefix
	// Wake tells the dispatcher that somebody waits for a check.
	Wake func()
	// Changed returns a channel that is closed when there is something new in Store's changes.
	Changed func() <-chan struct{}
	// Stopping is closed when streams are to end, because the process does; nil means they end with their connections.
	Stopping <-chan struct{}
	// TestWebhook sends a message of webhook.TypeTest now. It fails with a *webhook.FailureError if that is not taken.
	TestWebhook func(ctx context.Context, w store.Webhook) error
	// WakeImporter tells that there is a file to import.
	WakeImporter func()
	// Parts are what /readyz reports.
	Parts []Part
	// Guard is put around everything but the health pages, before anybody is asked who they are; nil means none.
	Guard func(http.Handler) http.Handler
	// Pages adds pages for browsers, which learn from Asks who they are for; nil means that there are none.
	Pages func(chi.Router)
	// RefusedPage answers a browser that asked for a page, in words, what programs are told by a Problem; nil means that
	// everybody is told the same.
	RefusedPage func(http.ResponseWriter, *http.Request, *Problem)
	// Mounts are other APIs beside /v1; each has a path of its own. They are not in the OpenAPI document.
	Mounts []Mount
	// Tracing is where the span of each request goes; nil means that none are recorded.
	Tracing trace.TracerProvider
	// Answered is told of each request, when it was answered: its method and route, like GET and /v1/links/{id}, the HTTP
	// status, and how long it took. A method that nothing here answers is HTTP, and what has no route has an empty one, so
	// that strangers cannot make either up. Nil means that nobody counts.
	Answered func(method, route string, status int, took time.Duration)
	Logger   *slog.Logger
}

// api is what the routes share.
type api struct {
	Config
	streams     live.Streams
	limits      limits
	crossOrigin *http.CrossOriginProtection
}

// huma knows one kind of error for the whole process, and whether lists can be null, so it is told before anything serves.
func init() { huma.NewError, huma.DefaultArrayNullable = newProblem, false }

// maxBodyBytes is the largest request body, where a route does not say otherwise; each bounds its own.
const maxBodyBytes = 64 << 10

// New returns the API.
func New(c Config) http.Handler {
	a := &api{Config: c, limits: newLimits(c.RateLimit), crossOrigin: http.NewCrossOriginProtection()}

	router := chi.NewMux()
	// Within traced nothing may replace the request before its route is found, which the span is called after.
	router.Use(a.hideTokens, a.refusing, a.traced, a.counted, a.recoverPanics)
	router.NotFound(NotFound)
	router.MethodNotAllowed(MethodNotAllowed)
	router.Get("/healthz", healthz)
	router.Get("/readyz", a.readyz)
	a.mounted(router)
	router.Group(func(guarded chi.Router) {
		if c.Guard != nil {
			guarded.Use(c.Guard)
		}
		guarded.Use(a.clientAddress, a.identified)
		a.signInRoutes(guarded.With(middleware.RequestSize(maxBodyBytes)))
		v1 := humachi.New(guarded, config())
		v1.UseMiddleware(a.scoped)
		a.routes(v1)
		guarded.Get("/docs", docs(v1.OpenAPI()))
		if c.Pages != nil {
			c.Pages(guarded)
		}
	})
	return router
}

// routes is the API as a product person reads it.
func (a *api) routes(v1 huma.API) {
	a.linkRoutes(v1)
	a.eventRoutes(v1)
	a.webhookRoutes(v1)
	a.trashRoutes(v1)
	a.tagRoutes(v1)
	a.importRoutes(v1)
	a.statsRoutes(v1)
	a.searchRoutes(v1)
	a.deadLetterRoutes(v1)
	a.accountRoutes(v1)
}

// config is huma's, without its documentation pages, which load their scripts from elsewhere, and without $schema fields.
func config() huma.Config {
	c := huma.DefaultConfig("Linkwell", "1")
	c.Info.Description = "Save links, and know whether they still work."
	c.Components.SecuritySchemes = securitySchemes()
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	return c
}
