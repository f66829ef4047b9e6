package api

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// DeadLetters is what the API asks of the dead letters there are. They are the operator's, of whatever owner's links.
type DeadLetters interface {
	List(ctx context.Context, f deadletter.Filter) (page []deadletter.Letter, more bool, err error)
	Get(ctx context.Context, id uint64) (deadletter.Letter, error)
	Redrive(ctx context.Context, id uint64) (deadletter.Redriven, error)
	Purge(ctx context.Context, id uint64) error
}

// DeadLetter is a dead letter in the API's list: what was given up, by whom and why.
type DeadLetter struct {
	ID       uint64    `json:"id" doc:"Its number, as long as it is kept"`
	KeptAt   time.Time `json:"kept_at" doc:"When its function, or the connector, gave the event up"`
	Function string    `json:"function" doc:"Who could not handle the event"`
	Subject  string    `json:"subject" doc:"The event's subject"`
	Stream   string    `json:"stream" doc:"The stream the event was in"`
	Sequence uint64    `json:"sequence" doc:"The event's place in that stream"`
	EventID  string    `json:"event_id" doc:"The id the event was published under"`
	Attempts int       `json:"attempts" doc:"How many answers of the function there were"`
	Status   *int      `json:"status" doc:"HTTP status of the last answer; null if there was none"`
	Reason   string    `json:"reason" doc:"Why it was given up, in a line"`
	Size     int       `json:"size" doc:"Bytes of the event's body"`
}

// OpenedDeadLetter is a dead letter with all that the event had.
type OpenedDeadLetter struct {
	DeadLetter
	Header map[string][]string `json:"header" nullable:"false" doc:"The event's own headers"`
	// One of the two is null.
	Body       *string `json:"body" doc:"The event's body, if it is text; otherwise null"`
	BodyBase64 []byte  `json:"body_base64" nullable:"true" doc:"The event's body, if it is no text; otherwise null"`
}

type deadLetterID struct {
	ID uint64 `path:"id" minimum:"1" doc:"The dead letter's number"`
}

func newDeadLetter(l deadletter.Letter) DeadLetter {
	return DeadLetter{
		ID:       l.ID,
		KeptAt:   l.KeptAt.UTC(),
		Function: l.Function,
		Subject:  l.Subject,
		Stream:   l.Stream,
		Sequence: l.Sequence,
		EventID:  l.EventID,
		Attempts: l.Attempts,
		Status:   orNull(l.Status),
		Reason:   l.Reason,
		Size:     l.Size,
	}
}

func openDeadLetter(l deadletter.Letter) OpenedDeadLetter {
	opened := OpenedDeadLetter{DeadLetter: newDeadLetter(l), Header: l.Header}
	if opened.Header == nil {
		opened.Header = map[string][]string{}
	}
	if utf8.Valid(l.Body) {
		text := string(l.Body)
		opened.Body = &text
	} else {
		opened.BodyBase64 = l.Body
	}
	return opened
}
