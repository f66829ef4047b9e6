package serve

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// watchBroker has the embedded broker probed, and restarted where it keeps no events any more.
func (m *manager) watchBroker() {
	m.watch = &embedded.Watch{
		Broker:   m.broker,
		Interval: m.BrokerInterval,
		Patience: m.BrokerPatience,
		Now:      m.Now,
		Logger:   m.Logger,
	}
	m.metrics.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "linkwell_broker_keeps_events",
			Help: "Whether the embedded broker kept what it was given when it was last probed: 1, or 0.",
		}, func() float64 {
			if m.watch.State().Err != nil {
				return 0
			}
			return 1
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "linkwell_broker_restarts_total",
			Help: "How often the embedded broker was restarted because it kept no events.",
		}, func() float64 { return float64(m.watch.State().Restarts) }),
	)
	m.background(m.watch.Run)
}

// brokerHealth is a sentence about a broker that keeps no events, or nil.
func (m *manager) brokerHealth() error {
	if m.watch != nil {
		if err := m.watch.State().Err; err != nil {
			return err
		}
	}
	if !m.bus.Connected() {
		return errors.New("the broker cannot be reached")
	}
	return nil
}
