package event

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrMalformed is what every decoding error wraps: the body will never be understood, so trying again is pointless.
var ErrMalformed = errors.New("malformed event")

// MaxRequestBytes is the largest body a function has to read; more is a 413. A request with the longest URL there may be
// fits several times.
const MaxRequestBytes = 64 << 10

// Request asks for one check of one URL: the body of link.added and link.due.
type Request struct {
	// CheckID names the check: 32 lower-case hexadecimal digits, random. Empty in a call by hand.
	CheckID string `json:"check_id,omitempty"`
	URL     string `json:"url"`
	// Attempt counts the requests for this target since its last answer, from 1.
	Attempt int `json:"attempt,omitempty"`
	// Confirm asks for a GET even where HEAD would do.
	Confirm bool `json:"confirm,omitempty"`
	// ExpiresAt is when nobody waits for the answer any more; zero means never.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Expired reports whether nobody waits for the answer at now.
func (r Request) Expired(now time.Time) bool {
	return !r.ExpiresAt.IsZero() && !now.Before(r.ExpiresAt)
}

// Encode returns the body of the event.
func (r Request) Encode() []byte { return encode(r) }

// NewCheckID returns a new random check_id.
func NewCheckID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

var checkID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// IsCheckID reports whether id is one NewCheckID could have returned.
func IsCheckID(id string) bool { return checkID.MatchString(id) }

// DecodeRequest reads the body of link.added or link.due, or what a person sends by hand: {"url":"…"}, with or without
// the predecessor's "username". Unknown fields are ignored. It fails, wrapping ErrMalformed, with a sentence for the
// sender if the body is not a JSON object, has no url, or has a check_id that is not one; whether the url can be checked
// is not its business.
func DecodeRequest(body []byte) (Request, error) {
	var r Request
	if err := decode(body, &r); err != nil {
		return Request{}, err
	}
	switch {
	case r.URL == "":
		return Request{}, fmt.Errorf(`%w: the body has no "url"; send {"url":"https://example.com"}`, ErrMalformed)
	case r.CheckID != "" && !IsCheckID(r.CheckID):
		return Request{}, fmt.Errorf(`%w: "check_id" must be 32 lower-case hexadecimal digits; leave it out when you call by hand`, ErrMalformed)
	}
	return r, nil
}

// encode returns v as one line of JSON, without HTML escaping, so that URLs stay readable.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// The types of this package hold only strings, numbers and times of four-digit years.
		panic(fmt.Sprintf("encode event: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// decode reads one JSON object into v.
func decode(body []byte, v any) error {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return fmt.Errorf(`%w: the body is empty; send {"url":"https://example.com"}`, ErrMalformed)
	case trimmed[0] != '{' || !utf8.Valid(body):
		return fmt.Errorf(`%w: the body is not a JSON object; send {"url":"https://example.com"}`, ErrMalformed)
	}
	if err := json.Unmarshal(body, v); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return fmt.Errorf("%w: %q is a JSON %s where a %s belongs", ErrMalformed, wrongType.Field, wrongType.Value, wrongType.Type)
		}
		return fmt.Errorf("%w: the body is not JSON: %s", ErrMalformed, strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
