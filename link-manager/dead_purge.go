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
	purged := 0
	err := c.each(ctx, s, c.deadServer, func(client *deadClient, id uint64) error {
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
