package serve

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/connector"
)

// circuitGauge asks the connector at each scrape which circuits are open.
type circuitGauge struct {
	connector *connector.Connector
	open      *prometheus.Desc
}

var _ prometheus.Collector = circuitGauge{}

func newCircuitGauge(c *connector.Connector) circuitGauge {
	return circuitGauge{c, prometheus.NewDesc("linkwell_connector_circuit_open",
		"Whether calls are held back (1) because the last ones went unanswered, by function; the one without a name is the gateway's, for all.", []string{"function"}, nil)}
}

// Describe names the gauge.
func (g circuitGauge) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- g.open }

// Collect tells each circuit.
func (g circuitGauge) Collect(metrics chan<- prometheus.Metric) {
	for _, c := range g.connector.Circuits() {
		open := 0.0
		if c.Open {
			open = 1
		}
		metrics <- prometheus.MustNewConstMetric(g.open, prometheus.GaugeValue, open, c.Function)
	}
}
