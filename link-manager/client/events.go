package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// EventKind is what an event tells.
type EventKind string

const (
	// Opened means that the stream has begun: what happens from now on is told. It comes once, before all others.
	Opened EventKind = "opened"
	// Added means that there is a new link.
	Added EventKind = "added"
	// Edited means that its owner changed a link.
	Edited EventKind = "edited"
	// Checked means that a check found what is new to the link's owner, or what they have waited for.
	Checked EventKind = "checked"
	// Deleted means that a link is gone.
	Deleted EventKind = "deleted"
	// Reset means that things happened which are not told one by one: read the links anew.
	Reset EventKind = "reset"
)

// Event is something that happened to your links. Opened and Reset are about no link.
type Event struct {
	// ID is what to go on after; empty with Opened.
	ID     string    `json:"-"`
	Kind   EventKind `json:"kind"`
	LinkID string    `json:"link_id"`
	// PreviousStatus is, with Checked, what the status was, if it changed; else nil.
	PreviousStatus *check.Status `json:"previous_status"`
	At             time.Time     `json:"at"`
	// Link is the link as it is now; nil if it is gone.
	Link *Link `json:"link"`
}

const (
	// heartbeat is how often a stream of ours says something at least.
	heartbeat = 15 * time.Second
	// firstReconnect is how long we wait before we come again, until the stream says how long; longestReconnect is the most
	// that becomes of it while nobody answers.
	firstReconnect   = 2 * time.Second
	longestReconnect = time.Minute
)

// StreamEvents tells what happens to your links, as it happens: from now on, or after the event with the id after, unless
// that is empty. The first event is Opened.
//
// A connection that breaks is made again, and what happened meanwhile is told; where that cannot be known, Reset is. This
// goes on until ctx ends or Linkwell does not want us (a *Problem, because a token was revoked, say), which is the last that
// comes, or until whoever listens breaks off. If there is no connection to begin with, that is an error at once.
func (c *Client) StreamEvents(ctx context.Context, after string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := stream{client: c, reader: newEventReader(nil, after), retry: firstReconnect, yield: yield}
		if err := s.follow(ctx); err != nil {
			yield(Event{}, err)
		}
	}
}

// errEnough means that nobody listens any more.
var errEnough = errors.New("nobody listens")

// stream is what StreamEvents knows from one connection to the next.
type stream struct {
	client *Client
	reader *eventReader
	opened bool
	retry  time.Duration
	failed int
	yield  func(Event, error) bool
}

// follow fails with what is to be told last; nil if nobody listens.
func (s *stream) follow(ctx context.Context) error {
	for {
		err := s.connect(ctx)
		switch {
		case errors.Is(err, errEnough):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !s.opened || final(err):
			return err
		}
		if err := s.client.pause(ctx, err, s.wait(err)); err != nil {
			return err
		}
	}
}

// final reports whether coming again would not help: we are refused, and not because of a trouble that passes.
func final(err error) bool {
	status, _ := refused(err)
	return status >= 200 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
}

// wait is how long to wait before the next connection: what the stream said, or Retry-After, and longer while there is none.
func (s *stream) wait(err error) time.Duration {
	_, retryAfter := refused(err)
	wait := s.retry
	for range min(s.failed, 10) {
		wait = min(2*wait, max(longestReconnect, s.retry))
	}
	s.failed++
	return max(wait, retryAfter)
}

// connect follows one connection to its end, which is always an error.
func (s *stream) connect(ctx context.Context) error {
	limited, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	alarm := time.AfterFunc(s.client.answerTimeout, func() { hangUp(errSilence) })
	defer alarm.Stop()

	r := request{method: http.MethodGet, path: "/v1/events"}.with("Accept", "text/event-stream").with("Last-Event-ID", s.reader.lastID)
	res, err := s.client.open(limited, r)
	if err != nil {
		return s.lost(limited, err)
	}
	defer func() { _ = res.Body.Close() }()
	if media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); media != "text/event-stream" {
		return &AnswerError{Server: s.client.config.Server, Status: res.StatusCode, Wrong: "is no stream of events"}
	}
	alarm.Stop()
	s.reader = newEventReader(watched{res.Body, alarm, s.client}, s.reader.lastID)
	if err := s.begin(); err != nil {
		return err
	}
	for {
		m, err := s.reader.next()
		if s.reader.retry > 0 {
			s.retry = s.reader.retry
		}
		if err != nil {
			return s.lost(limited, err)
		}
		s.failed = 0
		if err := s.tell(m); err != nil {
			return err
		}
	}
}

// begin tells that there is a connection, or that something may have happened since the one before which nothing is known of.
func (s *stream) begin() error {
	event := Event{Kind: Opened}
	if s.opened {
		if s.reader.lastID != "" {
			return nil
		}
		event.Kind = Reset
	}
	s.opened = true
	if !s.yield(event, nil) {
		return errEnough
	}
	return nil
}

// tell passes on what the stream tells. What it may tell in years to come is passed over.
func (s *stream) tell(m message) error {
	event := Event{}
	switch m.name {
	case "reset":
		event.Kind = Reset
	case "link":
		if err := json.Unmarshal([]byte(m.data), &event); err != nil {
			return &AnswerError{Server: s.client.config.Server, Status: http.StatusOK, Wrong: "has an event that cannot be read: " + err.Error()}
		}
	default:
		return nil
	}
	event.ID = s.reader.lastID
	if !s.yield(event, nil) {
		return errEnough
	}
	return nil
}

// errSilence is what a stream that has nothing to tell would not let happen.
var errSilence = errors.New("nothing came for too long")

// lost is why a connection ended.
func (s *stream) lost(ctx context.Context, err error) error {
	var unreachable *UnreachableError
	switch {
	case errors.Is(context.Cause(ctx), errSilence):
		err = errSilence
	case errors.Is(err, io.EOF):
		err = errors.New("the stream of events ended")
	case errors.As(err, &unreachable):
		return err
	}
	if status, _ := refused(err); status != 0 {
		return err
	}
	return &UnreachableError{Server: s.client.config.Server, Err: fmt.Errorf("stream events: %w", err), sent: true}
}

// watched sounds the alarm if nothing comes while somebody waits for it.
type watched struct {
	from   io.Reader
	alarm  *time.Timer
	client *Client
}

func (w watched) Read(b []byte) (int, error) {
	w.alarm.Reset(w.client.silence)
	defer w.alarm.Stop()
	return w.from.Read(b)
}
