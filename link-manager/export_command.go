package main

import (
	"context"
	"fmt"
	"io"

	"github.com/linkwell/linkwell/link-manager/client"
)

// exportCommand fetches all links of a running link manager as a file.
type exportCommand struct {
	serverFlags `embed:""`
	Format      string `enum:"netscape,json,csv" default:"netscape" help:"What kind of file: netscape (HTML, for every browser), json or csv."`
	Output      string `short:"o" type:"path" help:"The file to write; standard output if none is named."`
}

// Run writes the file whole or not at all.
func (c *exportCommand) Run(ctx context.Context, s streams) error {
	linkwell, err := c.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	if c.Output == "" {
		return c.download(ctx, linkwell, s.out)
	}
	if err := replaceFile(c.Output, func(w io.Writer) error { return c.download(ctx, linkwell, w) }); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

// download fails if not all of it came.
func (c *exportCommand) download(ctx context.Context, linkwell *client.Client, w io.Writer) error {
	if err := linkwell.ExportLinks(ctx, c.Format, w); err != nil {
		return fmt.Errorf("the export is not whole: %w", err)
	}
	return nil
}
