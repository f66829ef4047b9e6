package event

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Attributes are the CloudEvents 1.0 context attributes of an event in binary mode (CloudEvents NATS and HTTP protocol
// bindings): they travel as headers, beside the body, and never hold a URL somebody saved.
type Attributes struct {
	// ID is the check_id, or a random one for a call by hand.
	ID     string
	Type   string
	Source string
	Time   time.Time
	// Expires is when nobody waits for the event's effect any more; zero means never.
	Expires time.Time
}

// The headers of an event. NATS keeps the case of a name; HTTP does not care.
const (
	HeaderSpecVersion = "ce-specversion"
	HeaderID          = "ce-id"
	HeaderType        = "ce-type"
	HeaderSource      = "ce-source"
	HeaderTime        = "ce-time"
	// HeaderExpiryTime is the CloudEvents extension "Expiry Time".
	HeaderExpiryTime  = "ce-expirytime"
	HeaderContentType = "content-type"
	// HeaderMessageID is what JetStream recognises a repeated publish by.
	HeaderMessageID = "Nats-Msg-Id"
	// HeaderTraceParent is W3C Trace Context's.
	HeaderTraceParent = "traceparent"
	// HeaderFunction marks an answer as the function's own, and names it; nothing between sets it.
	HeaderFunction = "Linkwell-Function"
	// HeaderOnly names the one function an event is for; the connector brings it to no other.
	HeaderOnly = "Linkwell-Only"
)

const (
	specVersion = "1.0"
	contentType = "application/json"
)

// Header returns the attributes as headers, with Nats-Msg-Id, for a map that keeps the names' case.
func (a Attributes) Header() map[string][]string {
	header := map[string][]string{
		HeaderSpecVersion: {specVersion},
		HeaderID:          {a.ID},
		HeaderType:        {a.Type},
		HeaderSource:      {a.Source},
		HeaderTime:        {a.Time.UTC().Format(time.RFC3339Nano)},
		HeaderContentType: {contentType},
		HeaderMessageID:   {a.ID},
	}
	if !a.Expires.IsZero() {
		header[HeaderExpiryTime] = []string{a.Expires.UTC().Format(time.RFC3339Nano)}
	}
	return header
}

// Expired reports whether header says that nobody waits for the event's effect at now. An event that says nothing, or
// nothing readable, never expires.
func Expired(header map[string][]string, now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, first(header, HeaderExpiryTime))
	return err == nil && !now.Before(at)
}

// CheckType fails, wrapping ErrMalformed, if header names a CloudEvents type that is none of want: an event of another
// kind, or of a version this program does not know. A header without a type, as in a call by hand, is accepted.
func CheckType(header map[string][]string, want ...string) error {
	got := first(header, HeaderType)
	if got == "" || slices.Contains(want, got) {
		return nil
	}
	return fmt.Errorf("%w: event type %q is not understood here; this version speaks %s", ErrMalformed, got, strings.Join(want, ", "))
}

// first is the first value of name in header, whatever the case of its keys.
func first(header map[string][]string, name string) string {
	for key, values := range header {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
