package tracing

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/propagation"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Propagator is W3C Trace Context alone: baggage would carry strangers' words to functions.
var Propagator propagation.TextMapPropagator = propagation.TraceContext{}

// Extract returns ctx with the span that the headers of an event or a request name, as its parent elsewhere. Headers that
// name none, or nothing readable, change nothing.
func Extract(ctx context.Context, header map[string][]string) context.Context {
	return Propagator.Extract(ctx, carrier(header))
}

// Inject writes the span of ctx into the headers of an event, over any that they name already.
func Inject(ctx context.Context, header map[string][]string) {
	Propagator.Inject(ctx, carrier(header))
}

// Parent returns the span of ctx as a traceparent, which is 55 bytes of ASCII, to be kept until WithParent; empty if there
// is none.
func Parent(ctx context.Context) string {
	header := propagation.MapCarrier{}
	Propagator.Inject(ctx, header)
	return header.Get(event.HeaderTraceParent)
}

// WithParent returns ctx with the span that a traceparent names, as its parent elsewhere, or without any if it names none.
func WithParent(ctx context.Context, traceParent string) context.Context {
	return Propagator.Extract(ctx, propagation.MapCarrier{event.HeaderTraceParent: traceParent})
}

// carrier is headers whose names' case does not matter when they are read, as in HTTP, and stays when they are written, as
// in NATS.
type carrier map[string][]string

var _ propagation.TextMapCarrier = carrier(nil)

// Get is the first value.
func (c carrier) Get(name string) string {
	for key, values := range c {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// Set leaves one spelling of the name.
func (c carrier) Set(name, value string) {
	for key := range c {
		if strings.EqualFold(key, name) {
			delete(c, key)
		}
	}
	c[name] = []string{value}
}

// Keys are the names.
func (c carrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
