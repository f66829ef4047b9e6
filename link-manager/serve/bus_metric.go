package serve

import (
	"context"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// busMeter counts what goes over the bus.
type busMeter struct {
	fetched, handled, publishFailures *prometheus.CounterVec
	deliveries                        *prometheus.HistogramVec
}

var _ bus.Meter = busMeter{}

func newBusMeter(registry *prometheus.Registry) busMeter {
	m := busMeter{
		fetched: newCounter(registry, "linkwell_events_fetched_total",
			"Deliveries of events by the broker, repeated ones too, by stream and consumer.", "stream", "consumer"),
		handled: newCounter(registry, "linkwell_events_handled_total",
			"Deliveries of events by what became of them: ack, retry, drop.", "stream", "consumer", "disposition"),
		deliveries: newHistogram(registry, "linkwell_event_deliveries",
			"How many deliveries events took until they were done with, given up ones too.", []float64{1, 2, 3, 5, 10, 20, 50}, "stream", "consumer"),
		publishFailures: newCounter(registry, "linkwell_publish_failures_total",
			"Events that the broker did not take, by subject and by why: timeout, canceled, no_stream, refused, unreachable.", "subject", "class"),
	}
	for _, class := range []string{"timeout", "canceled", "no_stream", "refused", "unreachable"} {
		m.publishFailures.WithLabelValues(event.SubjectAdded, class)
		m.publishFailures.WithLabelValues(event.SubjectDue, class)
		m.publishFailures.WithLabelValues(event.SubjectDead, class)
	}
	return m
}

func (m busMeter) Fetched(stream, consumer string) { m.fetched.WithLabelValues(stream, consumer).Inc() }

// Handled takes an event that will not come again for done with.
func (m busMeter) Handled(stream, consumer, disposition string, delivery uint64) {
	m.handled.WithLabelValues(stream, consumer, disposition).Inc()
	if disposition != "retry" {
		m.deliveries.WithLabelValues(stream, consumer).Observe(float64(delivery))
	}
}

func (m busMeter) PublishFailed(subject, class string) {
	m.publishFailures.WithLabelValues(kindOf(subject), class).Inc()
}

// kindOf is one of our subjects, or other: the subjects of people's own events may be without number.
func kindOf(subject string) string {
	switch {
	case subject == event.SubjectAdded, subject == event.SubjectDue, subject == event.SubjectChecked:
		return subject
	case strings.HasPrefix(subject, event.SubjectDead+"."):
		return event.SubjectDead
	default:
		return "other"
	}
}

// lagger tells how far consumers are behind.
type lagger interface {
	Lags(ctx context.Context) ([]bus.Lag, error)
}

// lagGauges ask the broker at each scrape how far the consumers that run here are behind.
type lagGauges struct {
	bus                     lagger
	logger                  *slog.Logger
	pending, unacknowledged *prometheus.Desc
}

var _ prometheus.Collector = (*lagGauges)(nil)

func newLagGauges(b lagger, logger *slog.Logger) *lagGauges {
	labels := []string{"stream", "consumer", "subject"}
	return &lagGauges{
		bus:    b,
		logger: logger,
		pending: prometheus.NewDesc("linkwell_consumer_pending_events",
			"Events that wait to be delivered to the consumer for the first time.", labels, nil),
		unacknowledged: prometheus.NewDesc("linkwell_consumer_unacknowledged_events",
			"Events that were delivered to the consumer and are being handled, or wait to come again.", labels, nil),
	}
}

// Describe names the gauges.
func (g *lagGauges) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- g.pending
	descriptions <- g.unacknowledged
}

// Collect leaves the gauges out if the broker cannot be asked.
func (g *lagGauges) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	lags, err := g.bus.Lags(ctx)
	if err != nil {
		g.logger.Warn("collect metrics", "error", err)
		return
	}
	for _, lag := range lags {
		metrics <- prometheus.MustNewConstMetric(g.pending, prometheus.GaugeValue, float64(lag.Pending), lag.Stream, lag.Consumer, lag.Subject)
		metrics <- prometheus.MustNewConstMetric(g.unacknowledged, prometheus.GaugeValue, float64(lag.Unacknowledged), lag.Stream, lag.Consumer, lag.Subject)
	}
}
