package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/serve"
)

type serveCommand struct {
	serve.Config `embed:""`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	config := c.Config
	config.Ready = func(at serve.Addresses) { announce(s, config, at) }
	return serve.Run(ctx, config)
}

// announce says where everything is and how to try it.
func announce(s streams, c serve.Config, at serve.Addresses) {
	data := "data in " + c.DataDir
	if c.DatabaseURL != "" {
		data = "data in PostgreSQL"
	}
	_, _ = fmt.Fprintf(s.out, "Linkwell is ready, with its %s.\n\n", data)
	_, _ = fmt.Fprintf(s.out, "  page     %s/\n", at.API)
	_, _ = fmt.Fprintf(s.out, "  API      %s/v1/links\n", at.API)
	_, _ = fmt.Fprintf(s.out, "  health   %s/readyz\n", at.API)
	_, _ = fmt.Fprintf(s.out, "  metrics  %s\n", at.Metrics)
	if at.Gateway != "" {
		_, _ = fmt.Fprintf(s.out, "  gateway  %s (faas-cli list --gateway %s)\n", at.Gateway, at.Gateway)
	}
	_, _ = fmt.Fprintf(s.out, "\nTry it:\n\n")
	_, _ = fmt.Fprintf(s.out, "  curl -s %s/v1/links -H 'Content-Type: application/json' -d '{\"url\":\"https://go.dev\"}'\n", at.API)
	_, _ = fmt.Fprintf(s.out, "  curl -s %s/v1/links\n\n", at.API)
}
