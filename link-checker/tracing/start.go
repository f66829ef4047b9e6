package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"sync"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Start returns a provider whose spans go where OpenTelemetry's standard variables say, over OTLP/HTTP, and a function that
// sends what is left and ends it, for as long as its context lasts. Service is what the process is called unless
// OTEL_SERVICE_NAME says otherwise. Without OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or
// OTEL_TRACES_EXPORTER=otlp nothing is recorded. The SDK reads the others, such as OTEL_TRACES_SAMPLER, itself.
//
// It never fails and never connects: for traces nobody would do without links. Settings it cannot follow, and a collector
// that is away, are told to logger.
func Start(ctx context.Context, service string, logger *slog.Logger) (trace.TracerProvider, func(context.Context)) {
	on, err := wanted(os.Getenv)
	if err == nil && on {
		var provider *sdktrace.TracerProvider
		if provider, err = newProvider(ctx, service, logger); err == nil {
			return provider, func(ctx context.Context) {
				if err := provider.Shutdown(ctx); err != nil {
					logger.WarnContext(ctx, "the last traces were not sent", "error", err)
				}
			}
		}
	}
	if err != nil {
		logger.WarnContext(ctx, "no traces are sent", "error", err)
	}
	return noop.NewTracerProvider(), func(context.Context) {}
}

// wanted reports whether the environment asks for traces. It fails with a sentence that names the variable which asks for
// what we do not do, without its value where that may hold a password.
func wanted(getenv func(string) string) (bool, error) {
	if disabled, err := strconv.ParseBool(getenv("OTEL_SDK_DISABLED")); err == nil && disabled {
		return false, nil
	}
	exporter := getenv("OTEL_TRACES_EXPORTER")
	endpoint, named := firstSet(getenv, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	switch {
	case exporter == "none", exporter == "" && endpoint == "":
		return false, nil
	case exporter != "" && exporter != "otlp":
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q; it must be otlp or none", exporter)
	}
	if protocol, named := firstSet(getenv, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return false, fmt.Errorf("%s is %q; it must be http/protobuf", named, protocol)
	}
	if u, err := url.Parse(endpoint); endpoint != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return false, fmt.Errorf("%s cannot be read; it must look like http://collector:4318", named)
	}
	return true, nil
}

// firstSet is the value and the name of the first variable that is set to something; two empty strings if none is.
func firstSet(getenv func(string) string, names ...string) (value, name string) {
	for _, name := range names {
		if value := getenv(name); value != "" {
			return value, name
		}
	}
	return "", ""
}

func newProvider(ctx context.Context, service string, logger *slog.Logger) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("make the exporter of traces: %w", err)
	}
	process, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName(service)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(), // last, so that it has the last word
	)
	if err != nil && !errors.Is(err, resource.ErrPartialResource) && !errors.Is(err, resource.ErrSchemaURLConflict) {
		return nil, fmt.Errorf("describe the process to traces: %w", err)
	}
	return sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&reportingExporter{SpanExporter: exporter, logger: logger}),
		sdktrace.WithResource(process),
	), nil
}

// reportingExporter tells the log, and not package log, what it meets at a collector, unless the try before met the same.
type reportingExporter struct {
	sdktrace.SpanExporter
	logger *slog.Logger

	mutex sync.Mutex
	met   string
}

// ExportSpans never fails: spans that were not taken are lost, and nobody else needs to know.
func (e *reportingExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	switch {
	case err == nil && e.met != "":
		e.met = ""
		e.logger.InfoContext(ctx, "traces are sent again")
	case err != nil && err.Error() != e.met:
		e.met = err.Error()
		e.logger.WarnContext(ctx, "traces are not sent", "error", err)
	}
	return nil
}
