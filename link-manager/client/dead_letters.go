package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const deadLettersPath = "/v1/dead-letters"

func deadLetterPath(id uint64) string { return deadLettersPath + "/" + strconv.FormatUint(id, 10) }

// DeadLetter is an event that a function could not handle: what was given up, by whom and why.
type DeadLetter struct {
	// ID is its number, as long as it is kept.
	ID     uint64    `json:"id"`
	KeptAt time.Time `json:"kept_at"`
	// Function could not handle the event.
	Function string `json:"function"`
	// Subject, Stream, Sequence and EventID say where the event came from.
	Subject  string `json:"subject"`
	Stream   string `json:"stream"`
	Sequence uint64 `json:"sequence"`
	EventID  string `json:"event_id"`
	// Attempts counts answers of the function; Status is that of the last, nil if there was none.
	Attempts int    `json:"attempts"`
	Status   *int   `json:"status"`
	Reason   string `json:"reason"`
	// Size is that of the event's body, in bytes.
	Size int `json:"size"`
}

// OpenedDeadLetter is a dead letter with all that the event had. Body is nil if the event's body is no text; then BodyBase64
// has it.
type OpenedDeadLetter struct {
	DeadLetter
	Header     map[string][]string `json:"header"`
	Body       *string             `json:"body"`
	BodyBase64 []byte              `json:"body_base64"`
}

// DeadLetterFilter chooses dead letters. The zero value chooses all.
type DeadLetterFilter struct {
	// Function is the one that gave them up; without a namespace, in any.
	Function string
	// Before is when they were kept at the latest.
	Before time.Time
}

// maxDeadLettersPage is the largest page of dead letters.
const maxDeadLettersPage = 1_000

// ListDeadLetters lists dead letters, oldest first. It needs the scope admin, like all about them.
func (c *Client) ListDeadLetters(ctx context.Context, f DeadLetterFilter) iter.Seq2[DeadLetter, error] {
	query := url.Values{}
	if f.Function != "" {
		query.Set("function", f.Function)
	}
	if !f.Before.IsZero() {
		query.Set("before", f.Before.UTC().Format(time.RFC3339Nano))
	}
	return pages[DeadLetter](ctx, c, deadLettersPath, query, 0, maxDeadLettersPage)
}

// GetDeadLetter returns a dead letter with the event's headers and body.
func (c *Client) GetDeadLetter(ctx context.Context, id uint64) (OpenedDeadLetter, error) {
	var l OpenedDeadLetter
	return l, c.get(ctx, deadLetterPath(id), nil, &l)
}

// Redriven is what redriving a dead letter did.
type Redriven string

const (
	// Due means that the link is to be checked now.
	Due Redriven = "due"
	// NobodyWaits means that nobody keeps the link any more.
	NobodyWaits Redriven = "nobody_waits"
	// Republished means that the function gets the event again.
	Republished Redriven = "republished"
)

// RedriveDeadLetter has the event of a dead letter handled again, and ends the letter. It is never tried again: while a
// letter is there, it was not redriven.
func (c *Client) RedriveDeadLetter(ctx context.Context, id uint64) (Redriven, error) {
	var did struct {
		Redriven Redriven `json:"redriven"`
	}
	_, err := c.post(ctx, request{path: deadLetterPath(id) + "/redrive"}, nil, &did)
	return did.Redriven, err
}

// PurgeDeadLetter deletes a dead letter.
func (c *Client) PurgeDeadLetter(ctx context.Context, id uint64) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: deadLetterPath(id)}, nil)
	return err
}
