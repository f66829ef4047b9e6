package serve

import (
	"context"
	"errors"
	"log/slog"
)

// ConnectorConfig is every setting of a connector that runs alone.
type ConnectorConfig struct {
	MetricsListen string    `env:"METRICS_LISTEN" default:"127.0.0.1:9091" help:"Address of the Prometheus metrics."`
	Broker        Broker    `embed:""`
	Gateway       Gateway   `embed:""`
	Connector     Connector `embed:"" prefix:"connector-"`
	Checks        Timeouts  `embed:""`

	// Logger gets what an operator wants to know; nil means slog.Default.
	Logger *slog.Logger `kong:"-"`
	// Ready is called once everything listens; nil means nobody waits for it.
	Ready func(Addresses) `kong:"-"`
}

// RunConnector runs a connector until ctx ends, and then for as long as Run may. The streams are somebody else's: the
// manager's, or the user's own.
func RunConnector(ctx context.Context, c ConnectorConfig) error {
	if c.Broker.NATSURL == "" || c.Gateway.GatewayURL == "" {
		return errors.New("the connector needs NATS_URL and GATEWAY_URL: it brings events from one to the functions of the other")
	}
	m, err := newManager(Config{
		MetricsListen: c.MetricsListen,
		Broker:        c.Broker,
		Gateway:       c.Gateway,
		Connector:     c.Connector,
		Checks:        Checks{Timeouts: c.Checks},
		Logger:        c.Logger,
		Ready:         c.Ready,
	})
	if err != nil {
		return err
	}
	m.busName, m.service, m.streams = "connector", "link-connector", nil
	return m.run(ctx, m.startTracing, m.openBus, m.startConnector, m.startMetrics)
}
