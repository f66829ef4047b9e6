package event

import (
	"fmt"
	"slices"

	"github.com/linkwell/linkwell/link-checker/check"
)

// MaxBytes is the largest body of an event.
const MaxBytes = 16 << 10

// Checked is the answer to a Request: the body of link.checked and of the function's HTTP response.
type Checked struct {
	// CheckID is the request's; empty in answer to a call by hand, and then nobody applies the result.
	CheckID string `json:"check_id,omitempty"`
	check.Result
}

// Encode returns the body of the event, at most MaxBytes long: hops in the middle of a long chain are dropped until it
// fits, then moved_to, then final_url, with the note redirects_shortened.
func (c Checked) Encode() []byte {
	body := encode(c)
	if len(body) <= MaxBytes {
		return body
	}
	c.Redirects, c.Notes = slices.Clone(c.Redirects), slices.Clone(c.Notes)
	c.Note(check.RedirectsShortened)
	for len(body) > MaxBytes {
		switch n := len(c.Redirects); {
		case n > 0:
			c.Redirects = slices.Delete(c.Redirects, n/2, n/2+1)
		case c.MovedTo != "":
			c.MovedTo = ""
		case c.FinalURL != "":
			c.FinalURL = ""
		default:
			return body
		}
		body = encode(c)
	}
	return body
}

// DecodeChecked reads the body of link.checked. It fails, wrapping ErrMalformed, if the body is not a JSON object, has a
// check_id that is not one, has no url, has a number out of its range, or its status is not the one its reason stands for.
func DecodeChecked(body []byte) (Checked, error) {
	var c Checked
	if err := decode(body, &c); err != nil {
		return Checked{}, err
	}
	switch {
	case c.CheckID != "" && !IsCheckID(c.CheckID):
		return Checked{}, fmt.Errorf(`%w: "check_id" must be 32 lower-case hexadecimal digits`, ErrMalformed)
	case c.URL == "":
		return Checked{}, fmt.Errorf(`%w: the body has no "url"`, ErrMalformed)
	case !c.Reason.Known():
		return Checked{}, fmt.Errorf("%w: unknown reason %q", ErrMalformed, c.Reason)
	case c.HTTPStatus < 0 || c.HTTPStatus > 999 || c.RetryAfterSeconds < 0 || c.RetryAfterSeconds > check.MaxRetryAfterSeconds || c.DurationMS < 0:
		return Checked{}, fmt.Errorf(`%w: "http_status", "retry_after_seconds" or "duration_ms" is out of its range`, ErrMalformed)
	case c.Status != c.Reason.Status():
		return Checked{}, fmt.Errorf("%w: reason %q stands for status %q, not %q", ErrMalformed, c.Reason, c.Reason.Status(), c.Status)
	}
	return c, nil
}
