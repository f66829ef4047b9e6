package function

import (
	"context"
	"errors"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// trace starts the span of one call, within the trace that its header names.
func (c *Checker) trace(ctx context.Context, header map[string][]string) (context.Context, trace.Span) {
	return tracing.Tracer(c.Tracing).Start(tracing.Extract(ctx, header), "check",
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.FaaSName(Name), semconv.FaaSTriggerHTTP))
}

// traceResult says in the span what was found, and nothing of where: no URL, and no host either. Whoever may know them
// finds them by the check_id. A link that does not work is no failure of ours.
func traceResult(span trace.Span, r check.Result) {
	span.SetAttributes(tracing.Status.String(string(r.Status)), tracing.Reason.String(string(r.Reason)), tracing.DurationMS.Int64(r.DurationMS))
	if r.HTTPStatus != 0 {
		span.SetAttributes(tracing.HTTPStatus.Int(r.HTTPStatus))
	}
	if r.Reason == check.Internal {
		tracing.Fail(span, string(r.Reason))
	}
}

// tracePublish starts the span of one answer's publish, below the check's.
func tracePublish(ctx context.Context) (context.Context, trace.Span) {
	return tracing.Child(ctx, "publish "+event.SubjectChecked, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(
		semconv.MessagingSystemKey.String("nats"), semconv.MessagingOperationTypeSend,
		semconv.MessagingOperationName("publish"), semconv.MessagingDestinationName(event.SubjectChecked)))
}

// publishErrorClass is why the broker does not keep an answer, in a word.
func publishErrorClass(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, errNotConnected):
		return "unreachable"
	default:
		return "refused"
	}
}
