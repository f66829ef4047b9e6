package serve

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/record"
)

// resultCounter counts what became of answers, and what those that were applied say.
type resultCounter struct {
	results, checks *prometheus.CounterVec
	seconds         *prometheus.HistogramVec
}

var _ record.Outcomes = resultCounter{}

func newResultCounter(registry *prometheus.Registry) resultCounter {
	c := resultCounter{
		results: newCounter(registry, "linkwell_results_total",
			"Answers of checks by what became of them: applied, late, mismatch, by_hand, malformed.", "outcome"),
		checks: newCounter(registry, "linkwell_checks_total",
			"Applied answers by the status they decided and the reason.", "status", "reason"),
		seconds: newHistogram(registry, "linkwell_check_duration_seconds",
			"How long checks took whose answers were applied, by the status they decided.", checkSeconds, "status"),
	}
	for _, outcome := range []string{"applied", "late", "mismatch", "by_hand", "malformed"} {
		c.results.WithLabelValues(outcome)
	}
	for _, reason := range check.Reasons() {
		c.checks.WithLabelValues(string(reason.Status()), string(reason))
		c.seconds.WithLabelValues(string(reason.Status()))
	}
	return c
}

// checkSeconds fit a check of ten seconds, the default, and one of up to the longest that CHECK_TIMEOUT allows.
var checkSeconds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 20, 40}

func (c resultCounter) Count(outcome string) { c.results.WithLabelValues(outcome).Inc() }

// Applied counts a result by its reason, which is one of a closed set.
func (c resultCounter) Applied(r check.Result) {
	c.checks.WithLabelValues(string(r.Status), string(r.Reason)).Inc()
	c.seconds.WithLabelValues(string(r.Status)).Observe(float64(r.DurationMS) / 1000)
}
