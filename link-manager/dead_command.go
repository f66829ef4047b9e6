package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// deadCommand is the commands for dead letters. Each asks a running link manager, because the broker may be inside it.
type deadCommand struct {
	List    deadListCommand    `cmd:"" help:"List dead letters, oldest first."`
	Show    deadShowCommand    `cmd:"" help:"Show dead letters with the headers and the body of their events."`
	Redrive deadRedriveCommand `cmd:"" help:"Have the events of dead letters handled again."`
	Purge   deadPurgeCommand   `cmd:"" help:"Delete dead letters."`
}

// deadServer says which link manager is asked.
type deadServer struct {
	Server    string `env:"LISTEN" default:"127.0.0.1:8090" help:"The link manager's API: host:port or a URL."`
	TokenFile string `env:"TOKEN_FILE" type:"path" help:"File with a token of scope admin, where there are accounts."`
}

// deadFilter chooses dead letters by what they are.
type deadFilter struct {
	Function  string        `help:"Those of this function; without a namespace, of it in any."`
	OlderThan time.Duration `help:"Those kept longer ago than this: 90m, 168h."`
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
func (c deadChoice) each(ctx context.Context, s streams, server deadServer, do func(client *deadClient, id uint64) error) error {
	if err := c.valid(); err != nil {
		return err
	}
	client, err := server.client()
	if err != nil {
		return err
	}
	defer client.http.CloseIdleConnections()
	ids, err := c.find(ctx, client)
	if err != nil {
		return err
	}
	failed := 0
	for _, id := range ids {
		err := do(client, id)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil || errors.Is(err, errNoLetter) && len(c.IDs) == 0:
		case errors.As(err, new(*unreachableError)):
			return err
		default:
			failed++
			_, _ = fmt.Fprintf(s.err, "link-manager: %d: %v\n", id, err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be done", failed, counted(len(ids)))
	}
	return nil
}

func (c deadChoice) find(ctx context.Context, client *deadClient) ([]uint64, error) {
	if len(c.IDs) > 0 {
		return c.IDs, nil
	}
	var ids []uint64
	for page, err := range client.pages(ctx, c.deadFilter) {
		if err != nil {
			return nil, err
		}
		for _, l := range page {
			ids = append(ids, l.ID)
		}
	}
	return ids, nil
}

// counted is so many dead letters in words.
func counted(n int) string {
	if n == 1 {
		return "1 dead letter"
	}
	return strconv.Itoa(n) + " dead letters"
}
