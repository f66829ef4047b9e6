package bus_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// traced is a bus whose spans can be read.
func traced(t *testing.T, broker *embedded.Broker) (*bus.Bus, *tracetest.InMemoryExporter) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	b, err := bus.Connect(t.Context(), bus.Config{
		InProcess: broker, Name: "manager", Streams: event.Streams(time.Minute), Logger: logger(t),
		Tracing: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b, spans
}

func TestTheTraceOfAnEventGoesOnWhereItIsHandled(t *testing.T) {
	b, spans := traced(t, startBroker(t, t.TempDir()))
	handled := make(chan string, 1)
	var deliveries int
	stop := consume(t, b, bus.Consumer{Handle: func(ctx context.Context, m bus.Message) bus.Disposition {
		if deliveries++; deliveries == 1 {
			return bus.Retry(0)
		}
		handled <- trace.SpanContextFromContext(ctx).TraceID().String()
		return bus.Ack()
	}})
	header := event.Attributes{ID: "one"}.Header()
	header[event.HeaderTraceParent] = []string{"00-cccccccccccccccccccccccccccccccc-00f067aa0ba902b7-01"} // of an event this one is a copy of
	ctx := tracing.WithParent(t.Context(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	if err := b.Publish(ctx, event.SubjectAdded, header, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if got := <-handled; got != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("it is handled within the trace %s", got)
	}
	stop()
	if header[event.HeaderTraceParent][0][3:6] != "ccc" {
		t.Error("the caller's header was changed")
	}

	type span struct{ Name, Parent, Disposition, Failed string }
	var got []span
	parents := map[trace.SpanID]string{{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7}: "the caller's"}
	for _, s := range spans.GetSpans() {
		parents[s.SpanContext.SpanID()] = s.Name
		one := span{Name: s.Name, Parent: parents[s.Parent.SpanID()], Failed: s.Status.Description}
		for _, attribute := range s.Attributes {
			if attribute.Key == tracing.Disposition {
				one.Disposition = attribute.Value.AsString()
			}
		}
		got = append(got, one)
	}
	if diff := cmp.Diff([]span{
		{"publish link.added", "the caller's", "", ""},
		{"process link.added", "publish link.added", "retry", "retry"},
		{"process link.added", "publish link.added", "ack", ""},
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestASpanSaysInAWordWhyAnEventWasNotTaken(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b, spans := traced(t, broker)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tooLate, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for want, try := range map[string]func() error{
		"canceled":  func() error { return b.Publish(ended, event.SubjectAdded, nil, nil) },
		"timeout":   func() error { return b.Publish(tooLate, event.SubjectAdded, nil, nil) },
		"no_stream": func() error { return b.Publish(t.Context(), "nobody.keeps.this", nil, nil) },
		"refused": func() error {
			return b.Publish(t.Context(), event.SubjectAdded, map[string][]string{"Nats-Expected-Stream": {"OTHER"}}, nil)
		},
	} {
		failsAs(t, spans, want, try)
	}
	broker.Close()
	eventually(t, func() bool { return !b.Connected() })
	failsAs(t, spans, "unreachable", func() error { return b.Publish(t.Context(), event.SubjectAdded, nil, nil) })
}

func failsAs(t *testing.T, spans *tracetest.InMemoryExporter, want string, try func() error) {
	t.Helper()
	spans.Reset()
	err := try()
	if got := spans.GetSpans(); err == nil || len(got) != 1 || got[0].Status.Description != want {
		t.Errorf("%v: the spans are %+v, want %s", err, got, want)
	}
}
