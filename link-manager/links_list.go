package main

import (
	"context"
	"fmt"
	"io"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
)

type linksListCommand struct {
	serverFlags `embed:""`
	Status      string   `enum:",pending,valid,invalid" default:"" help:"Those of this status: pending, valid or invalid."`
	Tag         []string `help:"Those with this tag; with several, those with all of them."`
	Query       string   `help:"What they are searched for."`
	Limit       int      `help:"How many at most; 0 for all."`
	JSON        bool     `name:"json" help:"Print one JSON object on each line."`
}

// Run prints what there is, a page at a time, so that any number fits.
func (c *linksListCommand) Run(ctx context.Context, s streams) error {
	if c.Limit < 0 {
		return usageError{fmt.Errorf("--limit is %d; it must be a number of links, or 0 for all", c.Limit)}
	}
	linkwell, err := c.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	listed := 0
	for l, err := range linkwell.ListLinks(ctx, client.Filter{Status: check.Status(c.Status), Tags: c.Tag, Query: c.Query, PageSize: c.Limit}) {
		if err != nil {
			return err
		}
		if err := c.print(s.out, l, listed == 0); err != nil {
			return fmt.Errorf("print link: %w", err)
		}
		if listed++; listed == c.Limit {
			return nil
		}
	}
	if listed == 0 && !c.JSON {
		_, _ = fmt.Fprintln(s.out, "There are no links.")
	}
	return nil
}

func (c *linksListCommand) print(w io.Writer, l client.Link, first bool) error {
	if c.JSON {
		return printJSON(w, l)
	}
	if first {
		if err := printLinkHeader(w); err != nil {
			return err
		}
	}
	return printLinkRow(w, l)
}
