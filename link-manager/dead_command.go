package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-manager/client"
)

// deadCommand is the commands for dead letters. Each asks a running link manager, because the broker may be inside it.
type deadCommand struct {
	List    deadListCommand    `cmd:"" help:"List dead letters, oldest first."`
	Show    deadShowCommand    `cmd:"" help:"Show dead letters with the headers and the body of their events."`
	Redrive deadRedriveCommand `cmd:"" help:"Have the events of dead letters handled again."`
	Purge   deadPurgeCommand   `cmd:"" help:"Delete dead letters."`
}

// deadFilter chooses dead letters by what they are.
type deadFilter struct {
	Function  string        `help:"Those of this function; without a namespace, of it in any."`
	OlderThan time.Duration `help:"Those kept longer ago than this: 90m, 168h."`
}

// chosen is what the API understands.
func (f deadFilter) chosen() client.DeadLetterFilter {
	filter := client.DeadLetterFilter{Function: f.Function}
	if f.OlderThan > 0 {
		filter.Before = time.Now().Add(-f.OlderThan)
	}
	return filter
}

func (f deadFilter) valid() error {
	if f.OlderThan < 0 {
		return usageError{fmt.Errorf("--older-than is %v; it must be an age like 168h", f.OlderThan)}
	}
	return nil
}

// deadChoice is the dead letters a command is for: those named, or those a filter chooses; all of them only for who says so.
type deadChoice struct {
	IDs        []uint64 `arg:"" optional:"" name:"id" help:"Dead letters by number."`
	deadFilter `embed:""`
	All        bool `help:"All of them."`
}

func (c deadChoice) valid() error {
	chosen := c.Function != "" || c.OlderThan != 0 || c.All
	switch {
	case len(c.IDs) > 0 && chosen:
		return usageError{errors.New("dead letters are named by number or chosen by --function, --older-than or --all, not both")}
	case len(c.IDs) == 0 && !chosen:
		return usageError{errors.New("which dead letters? Name them by number, or choose them by --function, --older-than or --all")}
	}
	return c.deadFilter.valid()
}

// each calls do for each chosen letter of the server's. It fails with a usageError if the choice or the server is none.
// What is chosen is looked up before: a letter that comes of redriving another is not redriven in the same run, or there
// would be no end to it. Where do fails the others still get their turn, and each says what went wrong; a letter that is
// gone is only missed if it was named.
func (c deadChoice) each(ctx context.Context, s streams, server serverFlags, do func(linkwell *client.Client, id uint64) error) error {
	if err := c.valid(); err != nil {
		return err
	}
	linkwell, err := server.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	ids, err := c.find(ctx, linkwell)
	if err != nil {
		return err
	}
	letters := tally{stderr: s.err}
	for _, id := range ids {
		err := do(linkwell, id)
		if client.KindOf(err) == client.NotFound && len(c.IDs) == 0 {
			err = nil
		}
		if err := letters.count(ctx, strconv.FormatUint(id, 10), err); err != nil {
			return err
		}
	}
	return letters.err("dead letter")
}

func (c deadChoice) find(ctx context.Context, linkwell *client.Client) ([]uint64, error) {
	if len(c.IDs) > 0 {
		return c.IDs, nil
	}
	var ids []uint64
	for l, err := range linkwell.ListDeadLetters(ctx, c.chosen()) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, l.ID)
	}
	return ids, nil
}
