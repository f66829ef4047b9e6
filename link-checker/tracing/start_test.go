package tracing_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/linkwell/linkwell/link-checker/tracing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collector keeps what was sent to it as text.
type collector struct {
	*httptest.Server
	mutex sync.Mutex
	sent  strings.Builder
}

func startCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collectorpb.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil {
			t.Error(err)
		}
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.sent.WriteString(prototext.Format(&sent))
	}))
	t.Cleanup(c.Close)
	return c
}

// oneSpan records a span, ends the provider, and returns what the log says.
func oneSpan(t *testing.T) string {
	var log bytes.Buffer
	provider, stop := tracing.Start(t.Context(), "link-checker", slog.New(slog.NewTextHandler(&log, nil)))
	_, span := tracing.Tracer(provider).Start(t.Context(), "check")
	tracing.Fail(span, "internal")
	span.End()
	stop(t.Context())
	return log.String()
}

func TestSpansAreSentOnlyWhereTheStandardVariablesSaySo(t *testing.T) {
	const password = "user:secret@"
	for name, test := range map[string]struct {
		set  map[string]string // here $ is the collector's address
		sent bool
		says string
	}{
		"nothing is set":           {},
		"an endpoint":              {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$"}, sent: true},
		"an endpoint for traces":   {set: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://$/v1/traces"}, sent: true},
		"the exporter is named":    {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_TRACES_EXPORTER": "otlp"}, sent: true},
		"no exporter":              {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_TRACES_EXPORTER": "none"}},
		"all is off":               {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_SDK_DISABLED": "true"}},
		"none are to be kept":      {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_TRACES_SAMPLER": "parentbased_always_off"}},
		"another exporter":         {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_TRACES_EXPORTER": "zipkin"}, says: `OTEL_TRACES_EXPORTER is \"zipkin\"; it must be otlp or none`},
		"another protocol":         {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://$", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, says: `OTEL_EXPORTER_OTLP_PROTOCOL is \"grpc\"; it must be http/protobuf`},
		"an endpoint that is none": {set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": password + "127.0.0.1:4318"}, says: "OTEL_EXPORTER_OTLP_ENDPOINT cannot be read; it must look like http://collector:4318"},
	} {
		t.Run(name, func(t *testing.T) {
			c := startCollector(t)
			for variable, value := range test.set {
				t.Setenv(variable, strings.ReplaceAll(value, "$", c.Listener.Addr().String()))
			}
			log := oneSpan(t)
			if sent := c.sent.String() != ""; sent != test.sent {
				t.Errorf("sent is %v", sent)
			}
			if (log == "") != (test.says == "") || !strings.Contains(log, test.says) || strings.Contains(log, "secret") {
				t.Errorf("the log says %q, want %q", log, test.says)
			}
		})
	}
}

func TestSpansSayWhoSentThem(t *testing.T) {
	c := startCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	if log := oneSpan(t); log != "" {
		t.Errorf("the log says %s", log)
	}
	for _, want := range []string{`"link-checker"`, `"check"`, `"error.type"`, `"internal"`} {
		if !strings.Contains(c.sent.String(), want) {
			t.Errorf("nothing says %s in\n%s", want, &c.sent)
		}
	}
	t.Setenv("OTEL_SERVICE_NAME", "checker-of-mine")
	oneSpan(t)
	if !strings.Contains(c.sent.String(), `"checker-of-mine"`) {
		t.Error("OTEL_SERVICE_NAME is not heard")
	}
}

func TestACollectorThatIsAwayIsToldAndNothingElse(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	if log := oneSpan(t); strings.Count(log, "\n") != 1 || !strings.Contains(log, "traces are not sent") {
		t.Errorf("the log says %q", log)
	}
}
