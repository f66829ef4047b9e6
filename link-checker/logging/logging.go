// Package logging makes the one logger of a process. A line that was written on behalf of a trace says which.
package logging

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// New returns a logger that writes a line for each record of at least level to w. Format is text, which is also what
// nothing means, or json. It fails with a sentence that names LOG_FORMAT for any other.
func New(w io.Writer, format string, level slog.Leveler) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: level}
	switch format {
	case "", "text":
		return slog.New(WithTrace(slog.NewTextHandler(w, options))), nil
	case "json":
		return slog.New(WithTrace(slog.NewJSONHandler(w, options))), nil
	default:
		return nil, fmt.Errorf("LOG_FORMAT is %q; it must be text or json", format)
	}
}

// WithTrace returns a handler that adds trace_id and span_id to what is logged with a context that has a span, recorded or
// not. They are those of W3C Trace Context, in lower-case hexadecimal.
func WithTrace(handler slog.Handler) slog.Handler { return traceHandler{handler} }

type traceHandler struct{ slog.Handler }

// Handle adds the ids.
func (h traceHandler) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record = record.Clone() // other handlers may have it too
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs returns a handler that adds attributes to each record, and the ids.
func (h traceHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return traceHandler{h.Handler.WithAttrs(attributes)}
}

// WithGroup returns a handler that puts what follows, and the ids, into a group.
func (h traceHandler) WithGroup(name string) slog.Handler {
	return traceHandler{h.Handler.WithGroup(name)}
}
