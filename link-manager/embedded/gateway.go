package embedded

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// DefaultTimeout is how long a function may take where GatewayConfig.Timeout is zero.
const DefaultTimeout = 15 * time.Second

// GatewayConfig is what a Gateway hosts and how. Every field but Functions has a usable zero value.
type GatewayConfig struct {
	// Functions are the functions to host; each needs a Name of its own and a Handle.
	Functions []Function
	// Timeout bounds one call, as of-watchdog's exec_timeout does; zero means DefaultTimeout. A caller may ask for less
	// with the header X-Timeout.
	Timeout time.Duration
	// Guard wraps the whole gateway and may refuse a request before it is looked at; nil means that nothing is refused.
	Guard func(http.Handler) http.Handler
	// Logs keeps what `faas-cli logs` prints; nil means NewLogs(Now).
	Logs *Logs
	// Version is what `faas-cli version` prints as the release; empty means "dev".
	Version string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets panics of functions; nil means slog.Default().
	Logger *slog.Logger
}

// Gateway is an http.Handler that speaks the OpenFaaS REST API, as far as connector-sdk, go-sdk and
// `faas-cli list|describe|invoke|logs` need it, for functions inside this process.
type Gateway struct {
	handler   http.Handler
	functions []*hosted // in the order of GatewayConfig.Functions
	timeout   time.Duration
	logs      *Logs
	version   string
	now       func() time.Time
	logger    *slog.Logger
}

// NewGateway returns a gateway for config.Functions. It panics if one has no name or no Handle, or two share a name: a
// mistake in the program, as with http.ServeMux.
func NewGateway(config GatewayConfig) *Gateway {
	if config.Now == nil {
		config.Now = time.Now
	}
	g := &Gateway{
		timeout: cmp.Or(config.Timeout, DefaultTimeout),
		logs:    cmp.Or(config.Logs, NewLogs(config.Now)),
		version: cmp.Or(config.Version, "dev"),
		now:     config.Now,
		logger:  cmp.Or(config.Logger, slog.Default()),
	}
	for _, function := range config.Functions {
		g.host(function)
	}
	g.handler = g.routes()
	if config.Guard != nil {
		g.handler = config.Guard(g.handler)
	}
	return g
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.handler.ServeHTTP(w, r) }

// Close ends the log streams that follow a function, which would hold up http.Server.Shutdown: hand it to the server's
// RegisterOnShutdown. Calls go on, and the server waits for them. It may be called more than once.
func (g *Gateway) Close() { g.logs.endStreams() }

// routes is the OpenFaaS REST API, first what this gateway does, then what only a real one can.
func (g *Gateway) routes() http.Handler {
	r := chi.NewRouter()

	r.HandleFunc("/function/{name}", g.invoke)
	r.HandleFunc("/function/{name}/*", g.invoke)

	r.Get("/system/functions", g.list)
	r.Get("/system/function/{name}", g.describe)
	r.Get("/system/logs", g.streamLogs)
	r.Get("/system/namespaces", g.listNamespaces)
	r.Get("/system/secrets", g.listSecrets)
	r.Get("/system/info", g.info)
	r.Get("/healthz", g.health)

	r.Post("/system/functions", refuse("to deploy"))
	r.Put("/system/functions", refuse("to deploy"))
	r.Delete("/system/functions", refuse("to remove functions"))
	r.HandleFunc("/system/scale-function/*", refuse("to scale"))
	r.HandleFunc("/system/alert", refuse("to scale"))
	r.HandleFunc("/async-function/*", refuse("to call functions asynchronously"))
	r.HandleFunc("/system/namespace/*", refuse("to manage namespaces"))
	r.Post("/system/secrets", refuse("to keep secrets"))
	r.Put("/system/secrets", refuse("to keep secrets"))
	r.Delete("/system/secrets", refuse("to keep secrets"))

	r.NotFound(g.nothingHere)
	r.MethodNotAllowed(g.notThisWay)
	return r
}

// nothingHere answers a path that no OpenFaaS gateway has, or that only its pages have.
func (g *Gateway) nothingHere(w http.ResponseWriter, r *http.Request) {
	answerText(w, http.StatusNotFound, fmt.Sprintf(
		"there is nothing at %s; this is the OpenFaaS API embedded in link-manager, call a function with POST /function/<name>; %s",
		r.URL.Path, g.names()))
}

// notThisWay answers a method that its path does not have.
func (g *Gateway) notThisWay(w http.ResponseWriter, r *http.Request) {
	answerText(w, http.StatusMethodNotAllowed, fmt.Sprintf("%s is not possible here; ask %s with GET", r.Method, r.URL.Path))
}

// names is the end of a sentence that says which functions there are.
func (g *Gateway) names() string {
	names := make([]string, len(g.functions))
	for i, function := range g.functions {
		names[i] = function.Name
	}
	if len(names) == 0 {
		return "there are no functions"
	}
	return "the functions are: " + strings.Join(names, ", ")
}
