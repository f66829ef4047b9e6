package connector

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// callHeader is what the function is told beside the body: the event's CloudEvents attributes and trace, and where it
// comes from. Any other header of the event is left behind: a gateway or watchdog would act on some of them (Accept,
// Upgrade, Connection, Authorization, X-Timeout, X-Callback-Url …). So is what NATS allows in a header and HTTP does not:
// with it no call would ever leave this process.
func callHeader(m bus.Message) http.Header {
	header := make(http.Header)
	for name, values := range m.Header {
		lower := strings.ToLower(name)
		if len(values) > 0 && (strings.HasPrefix(lower, "ce-") || forwarded[lower]) && httpguts.ValidHeaderFieldName(name) && httpguts.ValidHeaderFieldValue(values[0]) {
			header.Set(name, values[0])
		}
	}
	id := eventID(m)
	// The gateway keeps a call id it is given, so that one id leads from the event to the function's log.
	header.Set("X-Call-Id", id)
	// With it net/http may repeat a POST that a stale connection swallowed.
	header.Set("Idempotency-Key", id)
	header.Set("X-Nats-Subject", m.Subject)
	header.Set("X-Nats-Stream", m.Stream)
	header.Set("X-Nats-Stream-Seq", strconv.FormatUint(m.Sequence, 10))
	header.Set("X-Nats-Consumer", m.Consumer)
	header.Set("X-Nats-Msg-Id", id)
	header.Set("X-Nats-Delivery-Attempt", strconv.FormatUint(m.Deliveries, 10))
	header.Set("X-Nats-Published", m.Published.UTC().Format(time.RFC3339Nano))
	return header
}

// maxEventID is how long an id may be: it is told in several headers, and is part of the id of a dead letter.
const maxEventID = 1 << 10

// eventID is the id the event was published under, if HTTP can carry it and it is not too long, or else where and when it came, which no other
// event shares even if its stream is made anew.
func eventID(m bus.Message) string {
	if id := first(m.Header[event.HeaderMessageID]); id != "" && len(id) <= maxEventID && httpguts.ValidHeaderFieldValue(id) {
		return id
	}
	return fmt.Sprintf("%s-%d-%d", m.Stream, m.Sequence, m.Published.UnixNano())
}

// forwarded are the headers of an event, beside its ce- attributes, that are handed on.
var forwarded = map[string]bool{
	event.HeaderContentType: true,
	event.HeaderTraceParent: true,
	"tracestate":            true,
}
