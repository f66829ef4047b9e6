package client

import (
	"context"
	"io"
	"time"
)

// SetSleep has the client wait by sleep.
func (c *Client) SetSleep(sleep func(context.Context, time.Duration) error) { c.sleep = sleep }

// SetAnswerTimeout sets how long an attempt may take.
func (c *Client) SetAnswerTimeout(d time.Duration) { c.answerTimeout = d }

// SetMaxAnswer sets how long an answer may be.
func (c *Client) SetMaxAnswer(bytes int64) { c.maxAnswer = bytes }

// SetSilence sets how long a stream may say nothing.
func (c *Client) SetSilence(d time.Duration) { c.silence = d }

// SentEvent is an event as it was in a stream.
type SentEvent struct{ Name, Data, ID string }

// ReadEvents reads a stream to its end.
func ReadEvents(from io.Reader) (events []SentEvent, retry time.Duration, err error) {
	r := newEventReader(from, "")
	for {
		m, err := r.next()
		if err != nil {
			return events, r.retry, err
		}
		events = append(events, SentEvent{m.name, m.data, r.lastID})
	}
}

// The bounds of a stream.
const (
	MaxEventLine = maxEventLine
	MaxEvent     = maxEvent
)
