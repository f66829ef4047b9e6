package serve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/sight"
)

// resolveCanaries fails with a sentence if a canary cannot be checked, or if we do not know the functions that check links:
// the connector that calls them is elsewhere, and so may they be.
func (c Config) resolveCanaries(allow []netip.Prefix) ([]string, error) {
	canaries, err := sight.ParseCanaries(c.CanaryURLs, allow)
	switch {
	case err != nil:
		return nil, fmt.Errorf("CANARY_URLS: %w", err)
	case len(canaries) > 0 && c.NoConnector && c.Gateway.GatewayURL == "":
		return nil, errors.New("CANARY_URLS is set, the connector is elsewhere (--no-connector) and GATEWAY_URL is not set: the canaries would be seen from another network than the links; set GATEWAY_URL to the gateway that the connector uses")
	}
	return canaries, nil
}

// openSight knows at once whether we were blind when the last process ended, so that the first answer is judged rightly.
func (m *manager) openSight(ctx context.Context) error {
	m.sight = sight.New(sight.Config{
		Store:  m.store,
		Hold:   m.ladder.Connector,
		Now:    m.Now,
		Logger: m.Logger,
	})
	registerBlind(m.metrics, m.sight)
	return m.sight.Resume(ctx)
}

// startSight begins to look, once there is a gateway to look through.
func (m *manager) startSight(context.Context) error {
	m.sight.Canaries = sight.Canaries{URLs: m.canaries, GatewayURL: m.gatewayURL, Timeout: m.ladder.Connector}
	m.background(m.sight.Run)
	return nil
}

// sightPart tells in /readyz that we are blind.
func (m *manager) sightPart() api.Part {
	return api.Part{Name: "sight", Check: func(context.Context) error {
		if state := m.sight.State(); state.Blind() {
			return errors.New(state.String())
		}
		return nil
	}}
}

// registerBlind adds a gauge for each way in which blindness is noticed.
func registerBlind(registry *prometheus.Registry, s *sight.Sight) {
	for _, cause := range []sight.Cause{sight.ByCanaries, sight.ByFlips} {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "linkwell_blind",
			Help:        "Whether we are blind (1), so that no link turns invalid, by how it was noticed: canaries, flips.",
			ConstLabels: prometheus.Labels{"cause": string(cause)},
		}, func() float64 {
			if s.BlindBy(cause) {
				return 1
			}
			return 0
		}))
	}
}
