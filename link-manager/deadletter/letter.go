// Package deadletter is what becomes of events that a function could not handle: each is kept as a letter, a copy with the
// reason beside it, in a stream that people can list, show, redrive and purge.
package deadletter

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Letter is an event that was given up, and why.
type Letter struct {
	// ID names the letter: its place in the stream of letters, from 1; 0 before it is kept.
	ID uint64
	// KeptAt is when the event was given up; zero before the letter is kept.
	KeptAt time.Time

	// Function is who could not handle the event, named as the gateway routes to it: link-checker.openfaas-fn.
	Function string
	// Reason is a short sentence: never a body, never more of a URL than its host.
	Reason string
	// Attempts counts the function's answers to the event; 0 if it was never asked.
	Attempts int
	// Status is that of the last answer; 0 if there was none.
	Status int

	// EventID is the id the event was published under, or one made up from where and when it came.
	EventID string
	// Subject, Stream and Sequence are where the event was.
	Subject  string
	Stream   string
	Sequence uint64
	// Header and Body are the event's own. In a list letters come without Body; Size tells its bytes.
	Header map[string][]string
	Body   []byte
	Size   int
	// LeftOut means that the event was too large to be kept in a letter: Header and Body are empty, and it is only to be
	// found in Stream at Sequence, for as long as that keeps it.
	LeftOut bool
}

// Request returns the request to check a link that the letter is about; false if it is about any other event, or about a
// call by hand, which nobody waits for.
func (l Letter) Request() (event.Request, bool) {
	if event.CheckType(l.Header, event.TypeAdded, event.TypeDue) != nil {
		return event.Request{}, false
	}
	request, err := event.DecodeRequest(l.Body)
	return request, err == nil && request.CheckID != ""
}
