package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
)

// waitFlags are those of commands that can wait for checks.
type waitFlags struct {
	Wait    bool          `help:"Wait until they are checked, and print how that turned out: exit code 1 if any is invalid."`
	Timeout time.Duration `default:"2m" help:"How long --wait waits."`
	// LookEvery is how often is looked at links that nothing was heard of; 0 means lookEvery.
	LookEvery time.Duration `kong:"-"`
}

// linkQuestions is what a command asks about links, one after the other.
type linkQuestions struct {
	given []string
	json  bool
	// ask asks about one.
	ask func(ctx context.Context, linkwell *client.Client, text string) (client.Link, error)
	// asked is what is printed of it if nobody waits.
	asked func(client.Link) string
}

// run asks, and waits if it is to.
func (f waitFlags) run(ctx context.Context, s streams, server serverFlags, q linkQuestions) error {
	if f.Timeout <= 0 {
		return usageError{fmt.Errorf("--timeout is %v; it must be a time like 2m", f.Timeout)}
	}
	linkwell, err := server.client(s)
	if err != nil {
		return err
	}
	defer linkwell.CloseIdleConnections()
	w := &linkWait{linkQuestions: q, streams: s, linkwell: linkwell, waitFlags: f, links: tally{stderr: s.err}, since: map[string]time.Time{}}
	if f.Wait {
		err = w.wait(ctx)
	} else {
		err = w.askAll(ctx, func(l client.Link) error { return w.print(l, q.asked) })
	}
	switch failed := w.links.err("link"); {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case w.anyInvalid:
		return errInvalid
	}
	return nil
}

// linkWait waits until links are checked.
type linkWait struct {
	linkQuestions
	streams
	waitFlags
	linkwell   *client.Client
	links      tally
	anyInvalid bool
	// order are the links that are waited for, in the order they were asked about, and since when each was last checked
	// before that; zero for never. Who is not in since is not waited for any more.
	order []string
	since map[string]time.Time
}

// lookEvery is how often is looked at links that nothing was heard of: who asks while a check is out that somebody else has
// asked for hears only what is new.
const lookEvery = 5 * time.Second

// wait asks once there is a stream of events, so that no answer is missed, and prints each link when it is checked.
func (w *linkWait) wait(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, ended := w.follow(ctx)
	defer func() { cancel(); <-ended }()
	select {
	case first := <-events:
		if first.err != nil {
			return first.err
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	err := w.askAll(ctx, func(l client.Link) error {
		if _, already := w.since[l.ID]; !already {
			w.order = append(w.order, l.ID)
		}
		w.since[l.ID] = checkedAt(l)
		return nil
	})
	if err != nil {
		return err
	}
	timeout := time.NewTimer(w.Timeout)
	defer timeout.Stop()
	look := time.NewTicker(cmp.Or(w.LookEvery, lookEvery))
	defer look.Stop()
	for len(w.since) > 0 {
		select {
		case e := <-events:
			err = w.hear(ctx, e)
		case <-look.C:
			err = w.look(ctx)
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout.C:
			return fmt.Errorf("after %v %s not checked yet; link-manager links list shows what becomes of them", w.Timeout, areCounted(len(w.since)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// heard is an event, or why there are no more.
type heard struct {
	client.Event
	err error
}

// follow sends what happens until ctx ends; then it closes ended.
func (w *linkWait) follow(ctx context.Context) (events <-chan heard, ended <-chan struct{}) {
	sent, closed := make(chan heard), make(chan struct{})
	go func() {
		defer close(closed)
		for e, err := range w.linkwell.StreamEvents(ctx, "") {
			select {
			case sent <- heard{e, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return sent, closed
}

// askAll asks about each, and hands on what is answered.
func (w *linkWait) askAll(ctx context.Context, answered func(client.Link) error) error {
	for text, err := range given(ctx, w.given, w.in) {
		if err != nil {
			return err
		}
		l, err := w.ask(ctx, w.linkwell, text)
		if err == nil {
			err = answered(l)
		}
		if err := w.links.count(ctx, text, err); err != nil {
			return err
		}
	}
	return nil
}

// hear prints what is told of a link that is waited for.
func (w *linkWait) hear(ctx context.Context, e heard) error {
	switch {
	case e.err != nil:
		return e.err
	case e.Kind == client.Reset:
		return w.look(ctx)
	case e.Link != nil:
		return w.turned(*e.Link)
	case e.Kind == client.Deleted:
		return w.gone(e.LinkID)
	default:
		return nil
	}
}

// look asks about the links that are waited for the longest.
func (w *linkWait) look(ctx context.Context) error {
	const atOnce = 20
	looked := 0
	for _, id := range w.order {
		if _, waits := w.since[id]; !waits {
			continue
		}
		if looked++; looked > atOnce {
			return nil
		}
		l, err := w.linkwell.GetLink(ctx, id)
		switch {
		case client.KindOf(err) == client.NotFound:
			err = w.gone(id)
		case err == nil:
			err = w.turned(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turned prints a link that was waited for, if it was checked since.
func (w *linkWait) turned(l client.Link) error {
	since, waits := w.since[l.ID]
	if !waits || l.CheckedAt == nil || since.Equal(*l.CheckedAt) {
		return nil
	}
	delete(w.since, l.ID)
	w.anyInvalid = w.anyInvalid || l.Status == check.Invalid
	return w.print(l, turnedText)
}

// gone says that a link that was waited for is not there any more.
func (w *linkWait) gone(id string) error {
	if _, waits := w.since[id]; waits {
		delete(w.since, id)
		w.links.failed++
		_, _ = fmt.Fprintf(w.err, "link-manager: %s: was deleted meanwhile\n", printable(id))
	}
	return nil
}

func (w *linkWait) print(l client.Link, text func(client.Link) string) error {
	if w.json {
		return printJSON(w.out, l)
	}
	_, err := io.WriteString(w.out, text(l))
	return err
}

// turnedText is how a check turned out, for a person: as report has it.
func turnedText(l client.Link) string {
	reason := check.Reason("")
	if l.Reason != nil {
		reason = *l.Reason
	}
	return fmt.Sprintf("%-7s  %-19s  %s\n    %s\n", l.Status, printable(string(reason)), printable(l.URL), printable(strings.TrimSpace(l.Explanation+" "+l.Hint)))
}

// checkedAt is when a link was last checked; zero for never.
func checkedAt(l client.Link) time.Time {
	if l.CheckedAt == nil {
		return time.Time{}
	}
	return *l.CheckedAt
}

func areCounted(n int) string {
	if n == 1 {
		return "1 link is"
	}
	return counted(n, "link") + " are"
}
