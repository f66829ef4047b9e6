package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/linkwell/linkwell/link-manager/client"
)

type deadShowCommand struct {
	serverFlags `embed:""`
	IDs         []uint64 `arg:"" name:"id" help:"Dead letters by number."`
	JSON        bool     `name:"json" help:"Print one JSON object on each line."`
}

// Run prints each letter in the order given. It fails if any is not there.
func (c *deadShowCommand) Run(ctx context.Context, s streams) error {
	first := true
	return deadChoice{IDs: c.IDs}.each(ctx, s, c.serverFlags, func(linkwell *client.Client, id uint64) error {
		l, err := linkwell.GetDeadLetter(ctx, id)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return printJSON(s.out, l)
		case !first:
			_, _ = fmt.Fprintln(s.out)
		}
		first = false
		_, err = fmt.Fprint(s.out, deadReport(l))
		return err
	})
}

// deadReport is a letter for a person: what is known about it, then the event's headers, sorted, and its body.
func deadReport(l client.OpenedDeadLetter) string {
	var about, header strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&about, "%-9s %s\n", name, printable(value))
		}
	}
	line("id", strconv.FormatUint(l.ID, 10))
	line("kept", l.KeptAt.Format(time.RFC3339))
	line("function", l.Function)
	line("reason", l.Reason)
	line("attempts", strconv.Itoa(l.Attempts))
	if l.Status != nil {
		line("status", strconv.Itoa(*l.Status))
	}
	line("event", l.EventID)
	if l.Stream != "" {
		line("from", fmt.Sprintf("%s, %d in %s", l.Subject, l.Sequence, l.Stream))
	}
	for _, name := range slices.Sorted(maps.Keys(l.Header)) {
		for _, value := range l.Header[name] {
			fmt.Fprintf(&header, "%s: %s\n", printable(name), printable(value))
		}
	}
	report := about.String()
	if header.Len() > 0 {
		report += "\n" + header.String()
	}
	if body := bodyText(l); body != "" {
		report += "\n" + body + "\n"
	}
	return report
}

// bodyText is the event's body; quoted if it would do something to a terminal.
func bodyText(l client.OpenedDeadLetter) string {
	if l.Body == nil {
		return strconv.Quote(string(l.BodyBase64))
	}
	if strings.ContainsFunc(*l.Body, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }) {
		return strconv.Quote(*l.Body)
	}
	return strings.TrimSuffix(*l.Body, "\n")
}
