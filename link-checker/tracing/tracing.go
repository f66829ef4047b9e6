// Package tracing is how Linkwell's parts show one event's way as one trace of OpenTelemetry: spans, the traceparent that
// joins them, and where they are sent. A span never holds a URL that somebody saved, not even its host: the check_id leads
// from a trace to the link, for those who may read the store.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// scope is who says that our spans exist.
const scope = "github.com/linkwell/linkwell"

// The attributes of our own.
const (
	CheckID     = attribute.Key("linkwell.check_id")
	Attempt     = attribute.Key("linkwell.attempt")
	Status      = attribute.Key("linkwell.status")
	HTTPStatus  = attribute.Key("linkwell.http_status") // the checked site's, not an answer of ours
	Reason      = attribute.Key("linkwell.reason")
	DurationMS  = attribute.Key("linkwell.duration_ms")
	Outcome     = attribute.Key("linkwell.outcome")
	Disposition = attribute.Key("linkwell.disposition")
	Delivery    = attribute.Key("linkwell.delivery")
)

// Tracer returns the tracer of spans that begin in this process; nil means that none is recorded, and traces are only
// passed on.
func Tracer(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	return provider.Tracer(scope)
}

// Child starts a span below the one that ctx holds, and for the same collector.
func Child(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(scope).Start(ctx, name, options...)
}

// Fail marks a span as failed. Class says how in a word of a closed set, such as timeout: the text of an error might hold
// a URL.
func Fail(span trace.Span, class string) {
	span.SetAttributes(semconv.ErrorTypeKey.String(class))
	span.SetStatus(codes.Error, class)
}
