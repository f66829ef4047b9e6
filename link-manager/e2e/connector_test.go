package e2e_test

import (
	"context"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// startConnector runs a connector alone until the test ends.
func startConnector(t *testing.T, c serve.ConnectorConfig) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve.RunConnector(ctx, c) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the connector ended with %v", err)
		}
	})
}
