package serve

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// ConnectorConfig is every setting of a connector that runs alone.
type ConnectorConfig struct {
	Broker    Broker    `embed:""`
	Gateway   Gateway   `embed:""`
	Connector Connector `embed:"" prefix:"connector-"`
	Checks    Checks    `embed:""`

	// Logger gets what an operator wants to know; nil means slog.Default.
	Logger *slog.Logger `kong:"-"`
}

// RunConnector runs a connector until ctx ends. The streams are somebody else's: the manager's, or the user's own.
func RunConnector(ctx context.Context, c ConnectorConfig) error {
	if c.Broker.NATSURL == "" || c.Gateway.GatewayURL == "" {
		return errors.New("the connector needs NATS_URL and GATEWAY_URL: it brings events from one to the functions of the other")
	}
	config := Config{Broker: c.Broker, Gateway: c.Gateway, Connector: c.Connector, Checks: c.Checks, Insecure: true, Now: time.Now, Logger: c.Logger}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	s, err := config.settings()
	if err != nil {
		return err
	}
	connected, err := bus.Connect(ctx, bus.Config{
		URL:             c.Broker.NATSURL,
		CredentialsFile: c.Broker.NATSCreds,
		Name:            "connector",
		Lease:           s.ladder.Lease,
		Logger:          config.Logger,
	})
	if err != nil {
		return brokerError(c.Broker, err)
	}
	defer connected.Close()
	config.Logger.Info("connector runs", "gateway", s.gatewayURL, "streams", c.Connector.Streams)
	newConnector(c.Connector, s, connected, config, newCallCounter(prometheus.NewRegistry())).Run(ctx)
	return nil
}
