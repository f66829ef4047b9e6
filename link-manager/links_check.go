package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/client"
)

type linksCheckCommand struct {
	serverFlags `embed:""`
	Links       []string `arg:"" name:"link" help:"Links by id or URL; - reads them from standard input, one on each line."`
	waitFlags   `embed:""`
	JSON        bool `name:"json" help:"Print the links, one JSON object on each line."`
}

// Run has each link checked, and prints how that turned out if it waits. It fails if any is not there, and with errInvalid if
// any turned out to be invalid.
func (c *linksCheckCommand) Run(ctx context.Context, s streams) error {
	return c.run(ctx, s, c.serverFlags, linkQuestions{
		given: c.Links,
		json:  c.JSON,
		ask: func(ctx context.Context, linkwell *client.Client, text string) (client.Link, error) {
			id, err := findLink(ctx, linkwell, text)
			if err != nil {
				return client.Link{}, err
			}
			return linkwell.CheckLink(ctx, id)
		},
		asked: func(l client.Link) string { return fmt.Sprintf("%s  is to be checked: %s\n", l.ID, printable(l.URL)) },
	})
}
