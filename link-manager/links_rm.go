package main

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/client"
)

type linksRmCommand struct {
	serverFlags `embed:""`
	Links       []string `arg:"" name:"link" help:"Links by id or URL; - reads them from standard input, one on each line."`
	Purge       bool     `help:"Remove them for good, from the trash too."`
	JSON        bool     `name:"json" help:"Print one JSON object on each line: the id, and whether it is gone for good."`
}

// Run deletes each link, and says how many that were. It fails if any of them is not there.
func (c *linksRmCommand) Run(ctx context.Context, s streams) error {
	linkwell, err := c.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	links, removed := tally{stderr: s.err}, 0
	err = c.each(ctx, s, &links, func(text string) error {
		id, err := c.remove(ctx, linkwell, text)
		if err != nil {
			return err
		}
		removed++
		if !c.JSON {
			return nil
		}
		return printJSON(s.out, struct {
			ID     string `json:"id"`
			Purged bool   `json:"purged"`
		}{id, c.Purge})
	})
	if err == nil {
		err = links.err("link")
	}
	if !c.JSON && (err == nil || removed > 0) {
		became := "moved to the trash, for 30 days"
		if c.Purge {
			became = "removed for good"
		}
		_, _ = fmt.Fprintf(s.out, "%s %s.\n", counted(removed, "link"), became)
	}
	return err
}

func (c *linksRmCommand) each(ctx context.Context, s streams, links *tally, do func(string) error) error {
	for text, err := range given(ctx, c.Links, s.in) {
		if err != nil {
			return err
		}
		if err := links.count(ctx, text, do(text)); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a link; with Purge, one that is in the trash already too.
func (c *linksRmCommand) remove(ctx context.Context, linkwell *client.Client, text string) (id string, err error) {
	if id, err = findLink(ctx, linkwell, text); err != nil {
		return "", err
	}
	err = linkwell.DeleteLink(ctx, id, client.Deletion{Purge: c.Purge})
	if c.Purge && client.KindOf(err) == client.NotFound {
		err = linkwell.PurgeLink(ctx, id)
	}
	return id, err
}
