package function_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

// caller is the trace of whoever calls.
const caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestTheSpanOfACheckSaysWhatWasFoundAndNothingOfWhere(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	b := startBroker(t)
	var asked atomic.Int32
	c := newChecker(t, found(&asked), newPublisher(t, b))
	c.Tracing = sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	const url = "https://user-host.example/path?token=secret"
	request := event.Request{CheckID: checkID, URL: url, Attempt: 2}
	call(t, c, string(request.Encode()), "Ce-Type", event.TypeAdded, "Traceparent", caller)

	got := spans.GetSpans()
	if len(got) != 2 || got[0].Name != "publish link.checked" || got[1].Name != "check" {
		t.Fatalf("the spans are %+v", got)
	}
	publish, checked := got[0], got[1]
	if checked.Parent.SpanID().String() != "00f067aa0ba902b7" || publish.Parent.SpanID() != checked.SpanContext.SpanID() {
		t.Errorf("the check is below %s, the publish below %s", checked.Parent.SpanID(), publish.Parent.SpanID())
	}
	want := "00-4bf92f3577b34da6a3ce929d0e0e4736-" + publish.SpanContext.SpanID().String() + "-01"
	if kept := b.checked(); kept.Header.Get(event.HeaderTraceParent) != want {
		t.Errorf("the answer's header is %v, want the traceparent %s", kept.Header, want)
	}
	attributes := map[string]string{}
	for _, attribute := range checked.Attributes {
		attributes[string(attribute.Key)] = attribute.Value.String()
	}
	if diff := cmp.Diff(map[string]string{
		"faas.name": "link-checker", "faas.trigger": "http",
		"linkwell.check_id": checkID, "linkwell.attempt": "2", "linkwell.status": "valid", "linkwell.reason": "ok",
		"linkwell.http_status": "200", "linkwell.duration_ms": "0",
	}, attributes); diff != "" {
		t.Error(diff)
	}
}

// failing is a publisher that publishes nothing.
type failing struct{ ready, publish error }

func (f failing) Ready() error                                 { return f.ready }
func (f failing) Publish(context.Context, event.Checked) error { return f.publish }

func TestTheSpanOfACheckFailsInAWord(t *testing.T) {
	request := string(event.Request{CheckID: checkID, URL: "https://user-host.example/path?token=secret"}.Encode())
	var asked atomic.Int32
	for name, test := range map[string]struct {
		body      string
		publisher *failing
		probe     probeFunc
		want      string
	}{
		"a result":                     {body: request, publisher: &failing{}},
		"no JSON":                      {body: "token=secret", publisher: &failing{}, want: "bad_request"},
		"no broker":                    {body: request, want: "no_broker"},
		"a broker that is away":        {body: request, publisher: &failing{ready: errors.New("secret")}, want: "not_published"},
		"an answer that is not kept":   {body: request, publisher: &failing{publish: errors.New("secret")}, want: "not_published"},
		"a probe that panics":          {body: request, publisher: &failing{}, probe: func(context.Context, string, bool) check.Result { panic("secret") }, want: "internal"},
		"nobody waits for it any more": {body: `{"check_id":"` + checkID + `","url":"https://user-host.example","expires_at":"2000-01-01T00:00:00Z"}`, publisher: &failing{}},
	} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.NewInMemoryExporter()
			probe := test.probe
			if probe == nil {
				probe = found(&asked)
			}
			c := newChecker(t, probe, nil)
			if test.publisher != nil {
				c.Publisher = test.publisher
			}
			c.Tracing = sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
			call(t, c, test.body)
			got := spans.GetSpans()
			if len(got) != 1 || got[0].Status.Description != test.want || (got[0].Status.Code == codes.Error) != (test.want != "") {
				t.Errorf("the spans are %+v, want %q", got, test.want)
			}
			for _, span := range got {
				for _, attribute := range span.Attributes {
					if value := attribute.Value.String(); strings.Contains(value, "secret") || strings.Contains(value, "user-host") {
						t.Errorf("%s is %s", attribute.Key, value)
					}
				}
			}
		})
	}
}
