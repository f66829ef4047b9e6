package serve

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// deadLetterCounter tells how many dead letters there are of each function.
type deadLetterCounter interface {
	Count(ctx context.Context) (map[string]uint64, error)
}

// deadLetterGauge asks the broker at each scrape how many dead letters there are.
type deadLetterGauge struct {
	letters deadLetterCounter
	logger  *slog.Logger
	kept    *prometheus.Desc
}

func newDeadLetterGauge(letters deadLetterCounter, logger *slog.Logger) *deadLetterGauge {
	return &deadLetterGauge{
		letters: letters,
		logger:  logger,
		kept: prometheus.NewDesc("linkwell_dead_letters",
			"Events that a function could not handle and that nobody has redriven or purged yet.", []string{"function"}, nil),
	}
}

var _ prometheus.Collector = (*deadLetterGauge)(nil)

// Describe names the gauge.
func (g *deadLetterGauge) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- g.kept }

// Collect leaves the gauge out if the broker cannot be asked, and a function that has no letters.
func (g *deadLetterGauge) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	counts, err := g.letters.Count(ctx)
	if err != nil {
		g.logger.Warn("collect metrics", "error", err)
		return
	}
	for function, n := range counts {
		metrics <- prometheus.MustNewConstMetric(g.kept, prometheus.GaugeValue, float64(n), function)
	}
}
