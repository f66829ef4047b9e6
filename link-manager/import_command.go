package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/linkwell/linkwell/link-manager/client"
)

// importCommand uploads a file to a running link manager and tells how far its import is.
type importCommand struct {
	serverFlags `embed:""`
	File        string   `arg:"" help:"The file: bookmarks of a browser or tool, Pinboard's or linkding's JSON, CSV, or one URL on each line; - for standard input."`
	Format      string   `enum:",netscape,json,csv,list" default:"" help:"What the file is, if that is not seen: netscape (HTML), json, csv or list."`
	Folders     bool     `help:"Make tags of the names of folders."`
	Tag         []string `help:"A tag for every link; may be repeated."`
	Quiet       bool     `help:"Print only the end."`
}

// Run waits until the import is finished; it goes on without us. It fails if the file could not be read to its end.
func (c *importCommand) Run(ctx context.Context, s streams) error {
	linkwell, err := c.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	file, name, err := c.open(s)
	if err != nil {
		return usageError{err}
	}
	started, err := linkwell.ImportLinks(ctx, file, client.Upload{Name: name, Format: c.Format, FolderTags: c.Folders, Tags: c.Tag})
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	c.say(s, "import %s: %d bytes received", started.ID, started.Bytes)
	finished, err := c.wait(ctx, s, linkwell, started)
	if err != nil {
		if ctx.Err() != nil {
			c.say(s, "import %s goes on without us", started.ID)
		}
		return err
	}
	return c.tell(ctx, s, linkwell, finished)
}

func (c *importCommand) open(s streams) (file io.ReadCloser, name string, err error) {
	if c.File == "-" {
		return io.NopCloser(s.in), "", nil
	}
	file, err = os.Open(c.File)
	return file, filepath.Base(c.File), err
}

// say prints a line about what goes on.
func (c *importCommand) say(s streams, format string, args ...any) {
	if !c.Quiet {
		_, _ = fmt.Fprintf(s.err, format+"\n", args...)
	}
}

// wait tells how far the import is until it is finished.
func (c *importCommand) wait(ctx context.Context, s streams, linkwell *client.Client, i client.Import) (client.Import, error) {
	ticker := time.NewTicker(importPoll)
	defer ticker.Stop()
	for told := 0; i.FinishedAt == nil; {
		select {
		case <-ctx.Done():
			return i, ctx.Err()
		case <-ticker.C:
		}
		now, err := linkwell.GetImport(ctx, i.ID)
		if err != nil {
			return i, err
		}
		if i = now; i.Done > told && i.FinishedAt == nil {
			told = i.Done
			c.say(s, "%s", progress(i))
		}
	}
	return i, nil
}

// tell prints what became of the file.
func (c *importCommand) tell(ctx context.Context, s streams, linkwell *client.Client, i client.Import) error {
	told := 0
	for p, err := range linkwell.ListImportProblems(ctx, i.ID) {
		if err != nil {
			return err
		}
		told++
		_, _ = fmt.Fprintf(s.out, "line %d %s: %s", p.Line, p.Kind, printable(p.Problem))
		if p.Title != "" {
			_, _ = fmt.Fprintf(s.out, " (%s)", printable(p.Title))
		}
		_, _ = fmt.Fprintln(s.out)
	}
	if more := i.Skipped + i.Failed - told; more > 0 {
		_, _ = fmt.Fprintf(s.out, "and %d more\n", more)
	}
	_, _ = fmt.Fprintln(s.out, progress(i))
	switch {
	case i.Problem != nil:
		return fmt.Errorf("the rest of the file could not be read: %s", *i.Problem)
	case i.State == "cancelled":
		return errors.New("the import was cancelled")
	}
	return nil
}
