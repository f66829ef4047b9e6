package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/ladder"
	"github.com/linkwell/linkwell/link-checker/probe"
)

type checkCommand struct {
	URLs []string `arg:"" optional:"" name:"url" help:"What to check; - reads URLs from standard input, one on each line."`
	File string   `type:"path" help:"Check the URLs in this file too, one on each line."`
	JSON bool     `name:"json" help:"Print the full results, one JSON object on each line."`

	CheckTimeout   time.Duration `env:"CHECK_TIMEOUT" default:"10s" help:"How long one check may take."`
	CheckAllow     string        `env:"CHECK_ALLOW" help:"Networks that may be checked although they are not public: 10.0.0.0/8,fd00::/8"`
	CheckUserAgent string        `env:"CHECK_USER_AGENT" help:"What the checker calls itself."`
}

// checksAtOnce is how many URLs are checked at a time.
const checksAtOnce = 16

// Run checks each URL and prints the results in the order given. It fails with errInvalid if any is invalid.
func (c *checkCommand) Run(ctx context.Context, s streams) error {
	rungs, err := ladder.Of(c.CheckTimeout, 0)
	if err != nil {
		return usageError{err}
	}
	allow, err := probe.ParseAllow(c.CheckAllow)
	if err != nil {
		return usageError{fmt.Errorf("CHECK_ALLOW: %w", err)}
	}
	list, err := c.list()
	if err != nil {
		return err
	}
	defer func() { _ = list.Close() }()
	prober := &probe.Prober{Timeout: rungs.Check, Allow: allow, UserAgent: c.CheckUserAgent}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Each URL has a place in the queue before its check starts, so the results come out in order while up to
	// checksAtOnce checks run.
	queue := make(chan chan check.Result, checksAtOnce-1)
	var readErr error
	anything := false
	go func() {
		defer close(queue)
		begin := func(url string) error {
			anything = true
			result := make(chan check.Result, 1)
			select {
			case queue <- result:
			case <-ctx.Done():
				return ctx.Err()
			}
			go func() { result <- prober.Check(ctx, url, true) }()
			return nil
		}
		if readErr = eachGiven(c.URLs, s.in, begin); readErr == nil {
			readErr = eachLine(c.File, list, begin)
		}
	}()
	anyInvalid, err := c.printAll(ctx, s.out, queue)
	switch {
	case err != nil:
		return err
	case readErr != nil:
		return readErr
	case !anything:
		return usageError{errNothing}
	case anyInvalid:
		return errInvalid
	}
	return nil
}

// errNothing is better heard than 0 for a list that somebody emptied by mistake.
var errNothing = errors.New("there is nothing to check; name a url, - for standard input, or a --file of them")

// list is the file, or an empty one if none was named. It fails with a usageError if there is nothing to check, or no such
// file.
func (c *checkCommand) list() (io.ReadCloser, error) {
	switch {
	case c.File != "":
		if info, err := os.Stat(c.File); err == nil && info.IsDir() {
			return nil, usageError{fmt.Errorf("--file: %s is a directory; name a file of URLs", c.File)}
		}
		file, err := os.Open(c.File)
		if err != nil {
			return nil, usageError{fmt.Errorf("--file: %w", err)}
		}
		return file, nil
	case len(c.URLs) == 0:
		return nil, usageError{errNothing}
	}
	return io.NopCloser(strings.NewReader("")), nil
}

// printAll prints the results as the queue brings them, and reports whether any is invalid. It does not wait for the
// queue when ctx ends: whoever fills it may be waiting for standard input, and ends with the process.
func (c *checkCommand) printAll(ctx context.Context, out io.Writer, queue <-chan chan check.Result) (anyInvalid bool, err error) {
	for {
		select {
		case <-ctx.Done():
			return anyInvalid, ctx.Err()
		case result, more := <-queue:
			if !more {
				return anyInvalid, nil
			}
			checked := <-result
			if err := ctx.Err(); err != nil {
				return anyInvalid, err
			}
			if err := c.print(out, checked); err != nil {
				return anyInvalid, fmt.Errorf("print result: %w", err)
			}
			anyInvalid = anyInvalid || checked.Status == check.Invalid
		}
	}
}

func (c *checkCommand) print(w io.Writer, r check.Result) error {
	if c.JSON {
		return printJSON(w, r)
	}
	_, err := io.WriteString(w, report(r))
	return err
}
