package serve

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// resultCounter counts what became of answers.
type resultCounter struct{ results *prometheus.CounterVec }

func newResultCounter(registry *prometheus.Registry) resultCounter {
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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
		Help: "Events by function and by what became of the call: ack, retry, dead, infrastructure, expired.",
	}, []string{"function", "outcome"})
	registry.MustRegister(calls)
	return callCounter{calls}
}

func (c callCounter) Count(function, outcome string) {
	c.calls.WithLabelValues(function, outcome).Inc()
}
