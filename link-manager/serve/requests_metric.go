package serve

import (
	"cmp"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requestTimer times the API's answers.
type requestTimer struct{ seconds *prometheus.HistogramVec }

func newRequestTimer(registry *prometheus.Registry) requestTimer {
	return requestTimer{newHistogram(registry, "linkwell_api_request_duration_seconds",
		"How long the API took to answer, by method, route and class of status: 2xx, 3xx, 4xx, 5xx; the route none is what is not there.",
		requestSeconds, "method", "route", "status")}
}

var requestSeconds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}

// answered is api.Config.Answered.
func (t requestTimer) answered(method, route string, status int, took time.Duration) {
	t.seconds.WithLabelValues(method, cmp.Or(route, "none"), fmt.Sprintf("%dxx", status/100)).Observe(took.Seconds())
}
