package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/client"
)

type deadPurgeCommand struct {
	serverFlags `embed:""`
	deadChoice  `embed:""`
}

// Run deletes what is chosen, and says how many that were. It fails if any of those named is not there.
func (c *deadPurgeCommand) Run(ctx context.Context, s streams) error {
	purged := 0
	err := c.each(ctx, s, c.serverFlags, func(linkwell *client.Client, id uint64) error {
		err := linkwell.PurgeDeadLetter(ctx, id)
		if err == nil {
			purged++
		}
		return err
	})
	if err == nil || purged > 0 {
		_, _ = fmt.Fprintf(s.out, "%s purged.\n", counted(purged, "dead letter"))
	}
	return err
}
