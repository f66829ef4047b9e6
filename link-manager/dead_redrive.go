package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/client"
)

type deadRedriveCommand struct {
	serverFlags `embed:""`
	deadChoice  `embed:""`
}

// Run redrives what is chosen and says of each what that did. It fails if any of those named is not there, or cannot be
// redriven.
func (c *deadRedriveCommand) Run(ctx context.Context, s streams) error {
	return c.each(ctx, s, c.serverFlags, func(linkwell *client.Client, id uint64) error {
		did, err := linkwell.RedriveDeadLetter(ctx, id)
		if err == nil {
			_, err = fmt.Fprintf(s.out, "%d: %s\n", id, redrivenSentence(did))
		}
		return err
	})
}

func redrivenSentence(r client.Redriven) string {
	switch r {
	case client.Due:
		return "The link is to be checked now."
	case client.NobodyWaits:
		return "Nobody keeps the link any more; there is nothing to do."
	case client.Republished:
		return "The function gets the event again."
	default:
		return string(r)
	}
}
