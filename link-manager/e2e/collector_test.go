//go:build !openfaas

package e2e_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// collector is an OpenTelemetry collector: it takes spans over OTLP/HTTP and keeps them.
type collector struct {
	*httptest.Server
	t     *testing.T
	mutex sync.Mutex
	spans []*tracepb.Span
	// text is all that was sent, the process's description too.
	text []byte
}

// startCollector runs a collector, and names it to what the test starts from now on.
func startCollector(t *testing.T) *collector {
	c := &collector{t: t}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50") // milliseconds; the default is 5 s
	return c
}

// ServeHTTP takes what is sent to /v1/traces.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collectorpb.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		c.t.Errorf("%s %s is no OTLP: %v", r.Method, r.URL, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.text = append(c.text, prototext.Format(&sent)...)
	for _, resource := range sent.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
	answer, err := proto.Marshal(&collectorpb.ExportTraceServiceResponse{})
	if err != nil {
		c.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(answer)
}

// everything is all that was sent, for people.
func (c *collector) everything() string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return string(c.text)
}

// way waits for the first span called from and for the way that leads from it up to one called to, and returns its trace and
// the names on it. Spans come from several processes, each when it likes.
func (c *collector) way(from, to string) (traceID string, names []string) {
	c.t.Helper()
	eventually(c.t, "spans lead from "+from+" up to "+to, func() bool {
		span := c.find(func(s *tracepb.Span) bool { return s.GetName() == from })
		traceID, names = hex.EncodeToString(span.GetTraceId()), nil
		for span != nil {
			names = append(names, span.GetName())
			if span.GetName() == to {
				return true
			}
			span = c.find(func(s *tracepb.Span) bool {
				return slices.Equal(s.GetSpanId(), span.GetParentSpanId()) && slices.Equal(s.GetTraceId(), span.GetTraceId())
			})
		}
		return false
	})
	return traceID, names
}

func (c *collector) find(is func(*tracepb.Span) bool) *tracepb.Span {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if i := slices.IndexFunc(c.spans, is); i >= 0 {
		return c.spans[i]
	}
	return nil
}

// of are the spans of one trace.
func (c *collector) of(traceID string) []*tracepb.Span {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var spans []*tracepb.Span
	for _, span := range c.spans {
		if hex.EncodeToString(span.GetTraceId()) == traceID {
			spans = append(spans, span)
		}
	}
	return spans
}
