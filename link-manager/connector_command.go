package main

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/serve"
)

type connectorCommand struct {
	serve.ConnectorConfig `embed:""`
}

// Run brings events to functions until the context ends.
func (c *connectorCommand) Run(ctx context.Context, _ streams) error {
	return serve.RunConnector(ctx, c.ConnectorConfig)
}
