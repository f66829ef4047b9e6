package main

import (
	"context"
	"fmt"
	"io"
)

// tally counts what a command does with one thing after the other. What fails does not keep the others from their turn.
type tally struct {
	stderr      io.Writer
	all, failed int
}

// count counts a thing that went well if err is nil; else it says what went wrong. It fails if there is no sense in going on.
func (t *tally) count(ctx context.Context, thing string, err error) error {
	t.all++
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return nil
	case hopeless(err):
		return err
	}
	t.failed++
	_, _ = fmt.Fprintf(t.stderr, "link-manager: %s: %v\n", printable(thing), err)
	return nil
}

// err says how many failed; nil if none did.
func (t *tally) err(thing string) error {
	if t.failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %s could not be done", t.failed, counted(t.all, thing))
}

// counted is so many things in words: 1 link, 2 links.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
