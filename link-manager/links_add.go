package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/client"
)

type linksAddCommand struct {
	serverFlags `embed:""`
	URLs        []string `arg:"" name:"url" help:"What to save; - reads URLs from standard input, one on each line."`
	Title       string   `help:"Its title, if it is one URL."`
	Description string   `help:"What it is, if it is one URL."`
	Tags        []string `help:"Tags for each, with commas."`
	waitFlags   `embed:""`
	JSON        bool `name:"json" help:"Print the links, one JSON object on each line."`
}

// Run saves each URL and prints its link: id and URL, or, if it waits, how its check turned out. It fails if any could not be
// saved, or is saved already, and with errInvalid if any turned out to be invalid.
func (c *linksAddCommand) Run(ctx context.Context, s streams) error {
	one := len(c.URLs) == 1 && c.URLs[0] != "-"
	if !one && (c.Title != "" || c.Description != "") {
		return usageError{errors.New("--title and --description are for one URL; give several URLs theirs one by one")}
	}
	return c.run(ctx, s, c.serverFlags, linkQuestions{
		given: c.URLs,
		json:  c.JSON,
		ask: func(ctx context.Context, linkwell *client.Client, url string) (client.Link, error) {
			l, err := linkwell.AddLink(ctx, client.Draft{URL: url, Title: c.Title, Description: c.Description, Tags: c.Tags})
			var p *client.Problem
			if errors.As(err, &p) && p.Existing != nil {
				return l, fmt.Errorf("%w, as %s", err, p.Existing.ID)
			}
			return l, err
		},
		asked: func(l client.Link) string { return fmt.Sprintf("%s  %s\n", l.ID, printable(l.URL)) },
	})
}
