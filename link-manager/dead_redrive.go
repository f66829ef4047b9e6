package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/deadletter"
)

type deadRedriveCommand struct {
	deadServer `embed:""`
	deadChoice `embed:""`
}

// Run redrives what is chosen and says of each what that did. It fails if any of those named is not there, or cannot be
// redriven.
func (c *deadRedriveCommand) Run(ctx context.Context, s streams) error {
	return c.each(ctx, s, c.deadServer, func(client *deadClient, id uint64) error {
		r, err := client.redrive(ctx, id)
		if err == nil {
			_, err = fmt.Fprintf(s.out, "%d: %s\n", id, redrivenSentence(r.Redriven))
		}
		return err
	})
}

func redrivenSentence(r deadletter.Redriven) string {
	switch r {
	case deadletter.Due:
		return "The link is to be checked now."
	case deadletter.NobodyWaits:
		return "Nobody keeps the link any more; there is nothing to do."
	case deadletter.Republished:
		return "The function gets the event again."
	default:
		return string(r)
	}
}
