package storetest

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// within is a context with a span, and the span as a traceparent.
func within(t *testing.T, span byte) (context.Context, string) {
	within := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: span}, TraceFlags: trace.FlagsSampled})
	return trace.ContextWithSpanContext(t.Context(), within), "00-00000000000000000000000000000001-" + within.SpanID().String() + "-01"
}

var traceTests = map[string]func(*testing.T, *fixture){
	"a claim belongs to the trace of whoever saved the link, until it is answered": func(t *testing.T, f *fixture) {
		ctx, span := within(t, 1)
		l, err := f.Add(ctx, "ann", link.Draft{URL: page(1)})
		if err != nil {
			t.Fatal(err)
		}
		f.equal("trace", f.claimOne(store.LaneAdded).TraceParent, span)
		f.clock.pass(lease)
		again := f.claimOne(store.LaneAdded)
		f.equal("trace after a lost check", again.TraceParent, span)
		f.equal("outcome", f.answer(again, check.OK), store.Applied)
		f.clock.pass(f.get(l).NextCheckAt.Sub(f.clock.Now()))
		f.equal("trace of the routine check", f.claimOne(store.LaneDue).TraceParent, "")
	},
	"who asks for a check gives it their trace": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		ctx, span := within(t, 2)
		if _, err := f.CheckNow(ctx, "ann", l.ID); err != nil {
			t.Fatal(err)
		}
		later, _ := within(t, 3)
		if _, err := f.CheckNow(later, "ann", l.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("trace", f.claimOne(store.LaneAdded).TraceParent, span)
	},
	"a link that is led elsewhere is checked within the trace of who led it": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		ctx, span := within(t, 4)
		url := page(2)
		if _, err := f.Update(ctx, "ann", l.ID, store.Patch{URL: &url}); err != nil {
			t.Fatal(err)
		}
		f.equal("trace", f.claimOne(store.LaneAdded).TraceParent, span)
	},
	"a target that everybody left forgets who waited": func(t *testing.T, f *fixture) {
		ctx, _ := within(t, 5)
		l, err := f.Add(ctx, "ann", link.Draft{URL: page(1)})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Delete(t.Context(), "ann", l.ID); err != nil {
			t.Fatal(err)
		}
		f.clock.pass(time.Second)
		f.add("ben", page(1))
		f.equal("trace", f.claimOne(store.LaneAdded).TraceParent, "")
	},
}
