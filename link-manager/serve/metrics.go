package serve

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/linkwell/linkwell/link-manager/store"
)

// newRegistry returns a registry with what every Go program tells.
func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// resultCounter counts what became of answers.
type resultCounter struct{ results *prometheus.CounterVec }

func newResultCounter(registry *prometheus.Registry) resultCounter {
	results := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "linkwell_results_total",
		Help: "Answers of checks by what became of them: applied, late, mismatch, by_hand, malformed.",
	}, []string{"outcome"})
	registry.MustRegister(results)
	return resultCounter{results}
}

func (c resultCounter) Count(outcome string) { c.results.WithLabelValues(outcome).Inc() }

// callCounter counts what became of calls.
type callCounter struct{ calls *prometheus.CounterVec }

func newCallCounter(registry *prometheus.Registry) callCounter {
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "linkwell_connector_calls_total",
		Help: "Events by function and by what became of the call: ack, retry, dead, infrastructure, crowded, held, expired, skipped.",
	}, []string{"function", "outcome"})
	registry.MustRegister(calls)
	return callCounter{calls}
}

func (c callCounter) Count(function, outcome string) {
	c.calls.WithLabelValues(function, outcome).Inc()
}

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

// scrapeTimeout bounds what one scrape asks of the store, and of the broker.
const scrapeTimeout = 5 * time.Second
