package serve

import (
	"context"

	"github.com/linkwell/linkwell/link-checker/tracing"
)

// startTracing sends traces if OpenTelemetry's variables say where. It stands below all other parts, so that their last
// spans are sent too.
func (m *manager) startTracing(ctx context.Context) error {
	provider, stop := tracing.Start(ctx, m.service, m.Logger)
	m.tracing = provider
	m.onStop(func() {
		ctx, cancel := context.WithTimeout(context.Background(), traceGrace)
		defer cancel()
		stop(ctx)
	})
	return nil
}
