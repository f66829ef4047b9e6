package serve

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// newRegistry returns a registry with what every Go program tells. What Linkwell tells beside it is in the files
// *_metric.go, and listed in testdata/metrics.txt. No label holds a host, a URL or an owner: each would make a series.
func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// newCounter registers a counter with labels.
func newCounter(registry *prometheus.Registry, name, help string, labels ...string) *prometheus.CounterVec {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	registry.MustRegister(counter)
	return counter
}

// newHistogram registers a histogram with labels.
func newHistogram(registry *prometheus.Registry, name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	histogram := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	registry.MustRegister(histogram)
	return histogram
}

// scrapeTimeout bounds what one scrape asks of the store, or of the broker.
const scrapeTimeout = 5 * time.Second
