package e2e_test

import (
	"context"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// startConnector runs the connector of a Linkwell alone, as the user that b has for it, until the test ends, which fails if
// it ends sooner.
func startConnector(t *testing.T, c *serve.Config, b *broker) {
	t.Helper()
	alone := serve.ConnectorConfig{
		Broker:  b.settingsOf(b.connector),
		Gateway: c.Gateway, Connector: c.Connector, Checks: c.Checks.Timeouts,
		MetricsListen: "127.0.0.1:0", Logger: c.Logger,
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := serve.RunConnector(ctx, alone); err != nil || ctx.Err() == nil {
			t.Errorf("the connector ended with %v, asked: %v", err, ctx.Err() != nil)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
}
