package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type letterCounts struct {
	of  map[string]uint64
	err error
}

func (c letterCounts) Count(context.Context) (map[string]uint64, error) { return c.of, c.err }

func TestTheMetricsTellHowManyDeadLettersThereAre(t *testing.T) {
	for name, test := range map[string]struct {
		counts letterCounts
		want   string
	}{
		"some": {letterCounts{of: map[string]uint64{"printer.shop": 3, "archiver": 1}}, `# HELP linkwell_dead_letters Events that a function could not handle and that nobody has redriven or purged yet.
# TYPE linkwell_dead_letters gauge
linkwell_dead_letters{function="archiver"} 1
linkwell_dead_letters{function="printer.shop"} 3
`},
		"none":                     {letterCounts{}, ""},
		"while the broker is away": {letterCounts{err: errors.New("away")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			registry := prometheus.NewRegistry()
			registry.MustRegister(newDeadLetterGauge(test.counts, slog.New(slog.NewTextHandler(t.Output(), nil))))
			answer := httptest.NewRecorder()
			promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
			if got := answer.Body.String(); answer.Code != 200 || got != test.want {
				t.Errorf("%d %s", answer.Code, got)
			}
		})
	}
}
