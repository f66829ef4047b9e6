package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/linkwell/linkwell/link-manager/client"
)

type deadListCommand struct {
	serverFlags `embed:""`
	deadFilter  `embed:""`
	JSON        bool `name:"json" help:"Print one JSON object on each line."`
}

// Run prints what there is, a page at a time, so that any number fits.
func (c *deadListCommand) Run(ctx context.Context, s streams) error {
	if err := c.deadFilter.valid(); err != nil {
		return err
	}
	linkwell, err := c.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	none := true
	for l, err := range linkwell.ListDeadLetters(ctx, c.chosen()) {
		if err != nil {
			return err
		}
		if none && !c.JSON {
			_, err = fmt.Fprintf(s.out, deadRow, "id", "age", "function", "subject", "attempts", "reason")
		}
		if none = false; err == nil {
			err = c.print(s.out, l)
		}
		if err != nil {
			return fmt.Errorf("print dead letter: %w", err)
		}
	}
	if none && !c.JSON {
		_, _ = fmt.Fprintln(s.out, "There are no dead letters.")
	}
	return nil
}

// deadRow is a line of the list.
const deadRow = "%8v  %5s  %-30s  %-14s  %8v  %s\n"

func (c *deadListCommand) print(w io.Writer, l client.DeadLetter) error {
	if c.JSON {
		return printJSON(w, l)
	}
	_, err := fmt.Fprintf(w, deadRow, l.ID, age(time.Since(l.KeptAt)), printable(l.Function), printable(l.Subject), l.Attempts, printable(l.Reason))
	return err
}

// age is a duration in its largest unit: 59s, 59m, 47h, 30d.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", max(d, 0).Truncate(time.Second).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0fm", d.Truncate(time.Minute).Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0fh", d.Truncate(time.Hour).Hours())
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}
