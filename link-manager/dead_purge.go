package main

import (
	"context"
	"fmt"
)

type deadPurgeCommand struct {
	deadServer `embed:""`
	deadChoice `embed:""`
}

// Run deletes what is chosen, and says how many that were. It fails if any of those named is not there.
func (c *deadPurgeCommand) Run(ctx context.Context, s streams) error {
	if err := c.valid(); err != nil {
		return err
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	defer client.http.CloseIdleConnections()
	purged := 0
	err = c.each(ctx, s, client, func(id uint64) error {
		err := client.purge(ctx, id)
		if err == nil {
			purged++
		}
		return err
	})
	if err == nil || purged > 0 {
		_, _ = fmt.Fprintf(s.out, "%s purged.\n", counted(purged))
	}
	return err
}
