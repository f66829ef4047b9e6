package serve

import "github.com/prometheus/client_golang/prometheus"

// callCounter counts what became of calls.
type callCounter struct{ calls *prometheus.CounterVec }

func newCallCounter(registry *prometheus.Registry) callCounter {
	return callCounter{newCounter(registry, "linkwell_connector_calls_total",
		"Events by function and topic, and by what became of the call: ack, retry, dead, infrastructure, crowded, held, expired, skipped.", "function", "topic", "outcome")}
}

func (c callCounter) Count(function, topic, outcome string) {
	c.calls.WithLabelValues(function, topic, outcome).Inc()
}
