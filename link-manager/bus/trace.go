package bus

import (
	"context"
	"errors"
	"maps"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// system names the broker in spans; OpenTelemetry's conventions have no word for it.
var system = semconv.MessagingSystemKey.String("nats")

// tracePublish starts the span of one publish. The returned header is a copy that names it, for whoever gets the event.
func (b *Bus) tracePublish(ctx context.Context, subject string, header map[string][]string, body []byte) (context.Context, trace.Span, map[string][]string) {
	ctx, span := tracing.Tracer(b.tracing).Start(ctx, "publish "+subject, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(
		system, semconv.MessagingOperationTypeSend, semconv.MessagingOperationName("publish"),
		semconv.MessagingDestinationName(subject), semconv.MessagingMessageBodySize(len(body)),
		semconv.MessagingMessageID(messageID(header)),
	))
	header = maps.Clone(header)
	if header == nil {
		header = make(map[string][]string, 1)
	}
	tracing.Inject(ctx, header)
	return ctx, span, header
}

// process counts one event and handles it within a span that is a child of its publisher's.
func (r *consumption) process(m Message) Disposition {
	r.bus.meter.Fetched(m.Stream, m.Consumer)
	ctx, span := tracing.Tracer(r.bus.tracing).Start(tracing.Extract(r.working, m.Header), "process "+r.Subject, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		system, semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("process"),
		semconv.MessagingDestinationName(m.Subject), semconv.MessagingMessageBodySize(len(m.Body)),
		semconv.MessagingMessageID(messageID(m.Header)), semconv.MessagingConsumerGroupName(m.Consumer),
		tracing.Delivery.Int64(int64(m.Deliveries)), //nolint:gosec // nothing is delivered so often
	))
	defer span.End()
	disposition := r.Handle(ctx, m)
	r.bus.meter.Handled(m.Stream, m.Consumer, disposition.verb.String(), m.Deliveries)
	span.SetAttributes(tracing.Disposition.String(disposition.verb.String()))
	if disposition.verb != ack {
		tracing.Fail(span, disposition.verb.String())
	}
	return disposition
}

// messageID is what JetStream knows an event by; empty if it was published without.
func messageID(header map[string][]string) string {
	if values := header[event.HeaderMessageID]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// publishErrorClass is why the broker did not take an event, in a word.
func publishErrorClass(err error) string {
	var refused *jetstream.APIError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, jetstream.ErrNoStreamResponse), errors.Is(err, nats.ErrNoResponders):
		return "no_stream"
	case errors.As(err, &refused):
		return "refused"
	default:
		return "unreachable"
	}
}
