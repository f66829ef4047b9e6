package tracing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/tracing"
)

const traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestATraceSurvivesHeadersAndAColumn(t *testing.T) {
	ctx := tracing.WithParent(t.Context(), traceParent)
	if got := tracing.Parent(ctx); got != traceParent {
		t.Errorf("kept as %q", got)
	}
	if span := trace.SpanContextFromContext(ctx); !span.IsRemote() || !span.IsSampled() {
		t.Errorf("the span is %+v", span)
	}
	header := map[string][]string{"Traceparent": {"another"}, "ce-id": {"a"}}
	tracing.Inject(ctx, header)
	if diff := cmp.Diff(map[string][]string{"traceparent": {traceParent}, "ce-id": {"a"}}, header); diff != "" {
		t.Error(diff)
	}
	if got := tracing.Parent(tracing.Extract(t.Context(), map[string][]string{"Traceparent": {traceParent, "more"}})); got != traceParent {
		t.Errorf("read as %q", got)
	}
}

func TestWhatIsNoTraceIsNone(t *testing.T) {
	for _, text := range []string{"", "00", traceParent + "-more", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff" + traceParent[2:], "00-" + "4BF92F3577B34DA6A3CE929D0E0E4736" + traceParent[35:], "\xff\x00"} {
		if got := tracing.Parent(tracing.WithParent(t.Context(), text)); got != "" {
			t.Errorf("%q is read as %q", text, got)
		}
		if got := tracing.Parent(tracing.Extract(t.Context(), map[string][]string{"traceparent": {text}})); got != "" {
			t.Errorf("the header %q is read as %q", text, got)
		}
	}
	header := map[string][]string{"ce-id": {"a"}}
	tracing.Inject(t.Context(), header)
	if len(header) != 1 {
		t.Errorf("without a span the header is %q", header)
	}
}

func TestATraceIsPassedOnWhereNobodyRecords(t *testing.T) {
	ctx, span := tracing.Tracer(nil).Start(tracing.WithParent(t.Context(), traceParent), "publish link.added")
	defer span.End()
	if got := tracing.Parent(ctx); got != traceParent {
		t.Errorf("passed on as %q", got)
	}
}
