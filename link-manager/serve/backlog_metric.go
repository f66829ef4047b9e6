package serve

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/store"
)

// backlogger tells what waits to be checked.
type backlogger interface {
	Backlog(ctx context.Context) (store.Backlog, error)
}

// backlogGauges ask the store at each scrape what waits.
type backlogGauges struct {
	store                  backlogger
	now                    func() time.Time
	logger                 *slog.Logger
	oldestDue, outstanding *prometheus.Desc
}

func newBacklogGauges(s backlogger, now func() time.Time, logger *slog.Logger) *backlogGauges {
	return &backlogGauges{
		store:  s,
		now:    now,
		logger: logger,
		oldestDue: prometheus.NewDesc("linkwell_oldest_due_seconds",
			"How long the target has waited that has waited longest to be asked for; 0 if none waits.", []string{"lane"}, nil),
		outstanding: prometheus.NewDesc("linkwell_outstanding_checks",
			"Checks that were asked for and are waited for.", []string{"lane"}, nil),
	}
}

var _ prometheus.Collector = (*backlogGauges)(nil)

// Describe names the gauges.
func (g *backlogGauges) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- g.oldestDue
	descriptions <- g.outstanding
}

// Collect leaves the gauges out if the store cannot be asked.
func (g *backlogGauges) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	backlog, err := g.store.Backlog(ctx)
	if err != nil {
		g.logger.Warn("collect metrics", "error", err)
		return
	}
	for lane, waits := range map[store.Lane]store.LaneBacklog{store.LaneAdded: backlog.Added, store.LaneDue: backlog.Due} {
		age := 0.0
		if !waits.OldestDue.IsZero() {
			age = g.now().Sub(waits.OldestDue).Seconds()
		}
		metrics <- prometheus.MustNewConstMetric(g.oldestDue, prometheus.GaugeValue, age, string(lane))
		metrics <- prometheus.MustNewConstMetric(g.outstanding, prometheus.GaugeValue, float64(waits.Outstanding), string(lane))
	}
}
