package deadletter

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// The headers a letter has beside the event's own.
const (
	headerPrefix   = "Linkwell-Dead-"
	headerReason   = headerPrefix + "Reason"
	headerFunction = headerPrefix + "Function"
	headerSubject  = headerPrefix + "Subject"
	headerStream   = headerPrefix + "Stream"
	headerSequence = headerPrefix + "Sequence"
	headerAttempts = headerPrefix + "Attempts"
	headerStatus   = headerPrefix + "Status"
	headerLeftOut  = headerPrefix + "Left-Out"
)

var ownHeaders = map[string]bool{
	headerReason: true, headerFunction: true, headerSubject: true, headerStream: true,
	headerSequence: true, headerAttempts: true, headerStatus: true, headerLeftOut: true,
}

// headerSize is what JetStream tells the size of a body in, where it leaves the body out.
const headerSize = "Nats-Msg-Size"

// Encode returns the letter as it is published: subject and headers; its body is the event's. Its Nats-Msg-Id is the same
// however often one function gives up one event of one stream, so that it is kept once.
func (l Letter) Encode() (subject string, header map[string][]string) {
	header = keptHeader(l.Header)
	header[event.HeaderMessageID] = []string{l.EventID + l.idSuffix()}
	header[headerReason] = []string{Reason(l.Reason)}
	header[headerFunction] = []string{l.Function}
	header[headerSubject] = []string{l.Subject}
	header[headerStream] = []string{l.Stream}
	header[headerSequence] = []string{strconv.FormatUint(l.Sequence, 10)}
	header[headerAttempts] = []string{strconv.Itoa(l.Attempts)}
	if l.Status != 0 {
		header[headerStatus] = []string{strconv.Itoa(l.Status)}
	}
	if l.LeftOut {
		header[headerLeftOut] = []string{"event"}
	}
	return event.SubjectDead + "." + token(l.Function), header
}

// WithoutEvent is the letter without the event's own headers and body, which says so in its reason.
func (l Letter) WithoutEvent() Letter {
	l.Reason = "too large to be kept whole: " + l.Reason
	l.LeftOut, l.Header, l.Body, l.Size = true, nil, nil, 0
	return l
}

// idSuffix is what tells apart the letters about one event.
func (l Letter) idSuffix() string { return fmt.Sprintf("/%s/%d", l.Function, l.Sequence) }

// token is a function's name as one token of a subject. Function names have no _, so no two are taken for each other.
func token(function string) string { return strings.ReplaceAll(function, ".", "_") }

// keptHeader is the event's header under names that mean nothing to JetStream: it would act on Nats-Expected-Stream,
// Nats-TTL or Nats-Rollup again, and refuse the letter or lose it. What no client could publish is left behind.
func keptHeader(header map[string][]string) map[string][]string {
	kept := make(map[string][]string, len(header)+len(ownHeaders)+1)
	for name, values := range header {
		if !httpguts.ValidHeaderFieldName(name) {
			continue
		}
		if isJetStreams(name) {
			name = headerPrefix + name
		}
		kept[name] = values
	}
	return kept
}

func isJetStreams(name string) bool { return strings.HasPrefix(strings.ToLower(name), "nats-") }

// Decode reads a letter from the stream of letters. It never fails: what a header does not say, or not legibly, is left
// zero, so that whatever somebody put there can be seen and purged.
func Decode(m bus.Message) Letter {
	l := Letter{
		ID:       m.Sequence,
		KeptAt:   m.Published,
		Function: first(m.Header, headerFunction),
		Reason:   first(m.Header, headerReason),
		Attempts: int(number(m.Header, headerAttempts, 31)), //nolint:gosec // 31 bits fit
		Status:   int(number(m.Header, headerStatus, 31)),   //nolint:gosec // 31 bits fit
		Subject:  first(m.Header, headerSubject),
		Stream:   first(m.Header, headerStream),
		Sequence: number(m.Header, headerSequence, 64),
		LeftOut:  first(m.Header, headerLeftOut) != "",
		Header:   eventHeader(m.Header),
		Body:     m.Body,
		Size:     len(m.Body),
	}
	l.EventID = strings.TrimSuffix(first(m.Header, event.HeaderMessageID), l.idSuffix())
	if len(m.Body) == 0 {
		l.Size = int(number(m.Header, headerSize, 31)) //nolint:gosec // 31 bits fit
	}
	return l
}

// eventHeader is the event's own header again, out of a letter's.
func eventHeader(header map[string][]string) map[string][]string {
	own := maps.Clone(header)
	maps.DeleteFunc(own, func(name string, _ []string) bool { return ownHeaders[name] || isJetStreams(name) })
	for name, values := range header {
		if original := strings.TrimPrefix(name, headerPrefix); original != name && isJetStreams(original) {
			delete(own, name)
			own[original] = values
		}
	}
	return own
}

// first is the first value of name in header, or "".
func first(header map[string][]string, name string) string {
	if values := header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// number is a header that is a whole number of so many bits; 0 if it is not.
func number(header map[string][]string, name string, bits int) uint64 {
	n, err := strconv.ParseUint(first(header, name), 10, bits)
	if err != nil {
		return 0
	}
	return n
}
