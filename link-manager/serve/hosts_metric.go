package serve

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// newPausedGauge asks the store at each scrape how many hosts are left alone.
func (m *manager) newPausedGauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "linkwell_hosts_paused",
		Help: "Hosts that are left alone now, because they asked for it or fail as a whole; -1 if the store cannot be asked.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
		defer cancel()
		n, err := m.store.PausedHosts(ctx)
		if err != nil {
			m.Logger.Warn("collect metrics", "error", err)
			return -1
		}
		return float64(n)
	})
}
