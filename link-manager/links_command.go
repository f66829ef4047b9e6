package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/client"
)

// linksCommand is the commands for links. Each asks a running link manager.
type linksCommand struct {
	Add   linksAddCommand   `cmd:"" help:"Save links."`
	List  linksListCommand  `cmd:"" help:"List links, newest first."`
	Rm    linksRmCommand    `cmd:"" help:"Move links to the trash."`
	Check linksCheckCommand `cmd:"" help:"Have links checked now."`
}

// findLink is the id of a link that is named by its id or its URL, in any spelling.
func findLink(ctx context.Context, linkwell *client.Client, text string) (id string, err error) {
	if uuid.Validate(text) == nil {
		return text, nil
	}
	found, err := linkwell.LookupLink(ctx, text, false)
	var p *client.Problem
	switch {
	case errors.As(err, &p) && len(p.Errors) > 0:
		return "", fmt.Errorf("is neither the id of a link nor a URL, which %s", p.Errors[0].Message)
	case err != nil:
		return "", err
	case found.Link == nil:
		return "", errors.New("you have not saved this link")
	}
	return found.Link.ID, nil
}

// linkRow is a line of the list.
const linkRow = "%-36s  %-7s  %-19s  %7s  %s\n"

func printLinkHeader(w io.Writer) error {
	_, err := fmt.Fprintf(w, linkRow, "id", "status", "reason", "checked", "url")
	return err
}

func printLinkRow(w io.Writer, l client.Link) error {
	reason, checked := "", "never"
	if l.Reason != nil {
		reason = string(*l.Reason)
	}
	if l.CheckedAt != nil {
		checked = age(time.Since(*l.CheckedAt))
	}
	_, err := fmt.Fprintf(w, linkRow, l.ID, l.Status, printable(reason), checked, printable(l.URL))
	return err
}
