package api

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/linkwell/linkwell/link-checker/tracing"
)

// traced puts each request into a span that is called after its route. It continues the trace of a caller who has one.
// Health pages are asked for too often to be worth one.
func (a *api) traced(next http.Handler) http.Handler {
	provider := a.Tracing
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	return otelhttp.NewHandler(withRoute(next), "",
		otelhttp.WithTracerProvider(provider),
		otelhttp.WithPropagators(tracing.Propagator),
		otelhttp.WithSpanNameFormatter(spanName),
		otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path != "/healthz" && r.URL.Path != "/readyz" }))
}

// spanName is asked for before the route is known, and again afterwards.
func spanName(_ string, r *http.Request) string {
	return strings.TrimSpace(method(r) + " " + routeOf(r))
}

// withRoute tells the request's span its route, in place of the path too: who takes /v1/links/ for a place to put a URL has
// not asked for it to be kept.
func withRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		trace.SpanFromContext(r.Context()).SetAttributes(semconv.URLPath(routeOf(r)), semconv.HTTPRoute(routeOf(r)))
	})
}

// routeOf is the pattern of the route that answered, like /v1/links/{id}; empty if none did.
func routeOf(r *http.Request) string { return chi.RouteContext(r.Context()).RoutePattern() }

// method is the request's, if it is one that anything here answers; HTTP otherwise, as the conventions for spans have it.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "HTTP"
	}
}
