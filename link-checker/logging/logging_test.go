package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/logging"
)

// traced is a context with a span of its own.
func traced(t *testing.T) context.Context {
	return trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0x4b, 15: 0x36}, SpanID: trace.SpanID{0x00, 7: 0xb7},
	}))
}

func TestALineSaysWhichTraceItBelongsTo(t *testing.T) {
	for format, want := range map[string]string{
		"":     " trace_id=4b000000000000000000000000000036 span_id=00000000000000b7",
		"text": " trace_id=4b000000000000000000000000000036 span_id=00000000000000b7",
		"json": `,"trace_id":"4b000000000000000000000000000036","span_id":"00000000000000b7"}`,
	} {
		var lines bytes.Buffer
		logger, err := logging.New(&lines, format, slog.LevelInfo)
		if err != nil {
			t.Fatal(err)
		}
		logger.With("function", "link-checker").InfoContext(traced(t), "checked")
		if !strings.HasSuffix(lines.String(), want+"\n") {
			t.Errorf("%q: the line is %s", format, &lines)
		}
		lines.Reset()
		logger.InfoContext(t.Context(), "checked")
		logger.DebugContext(traced(t), "more")
		if strings.Count(lines.String(), "\n") != 1 || strings.Contains(lines.String(), "trace_id") {
			t.Errorf("%q: without a trace, and below the level: %s", format, &lines)
		}
	}
}

func TestAJSONLineIsAnObject(t *testing.T) {
	var lines bytes.Buffer
	logger, err := logging.New(&lines, "json", slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	logger.WithGroup("call").WarnContext(traced(t), "two\nlines", "attempt", 2)
	var line struct {
		Msg  string
		Call map[string]any
	}
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.Msg != "two\nlines" || line.Call["attempt"] != 2.0 || line.Call["trace_id"] == nil {
		t.Errorf("the line is %s", &lines)
	}
}

func TestTwoHandlersDoNotShareTheirIDs(t *testing.T) {
	var first, second bytes.Buffer
	logger := slog.New(slog.NewMultiHandler(
		logging.WithTrace(slog.NewTextHandler(&first, nil)),
		logging.WithTrace(slog.NewTextHandler(&second, nil)),
	))
	logger.InfoContext(traced(t), "checked", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6, "g", 7)
	for _, lines := range []*bytes.Buffer{&first, &second} {
		if strings.Count(lines.String(), "trace_id") != 1 {
			t.Errorf("the line is %s", lines)
		}
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	if _, err := logging.New(&bytes.Buffer{}, "xml", slog.LevelInfo); err == nil || err.Error() != `LOG_FORMAT is "xml"; it must be text or json` {
		t.Errorf("error is %v", err)
	}
}
