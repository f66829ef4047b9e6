package check

import (
	"slices"
	"time"
)

// Result is the answer of one check, as it travels in link.checked, stands in the history and is printed by
// `link-manager check --json`. Its JSON is a contract (golden files in ../event/testdata).
type Result struct {
	// URL is the URL asked about, exactly as it was given.
	URL    string `json:"url"`
	Status Status `json:"status"`
	Reason Reason `json:"reason"`
	// HTTPStatus is the last response's status code; 0 where no HTTP answer came.
	HTTPStatus int `json:"http_status,omitempty"`
	// FinalURL is where the redirects ended, without userinfo; empty if URL could not be asked for at all.
	FinalURL string `json:"final_url,omitempty"`
	// Redirects are the hops before FinalURL, in order.
	Redirects []Redirect `json:"redirects,omitempty"`
	// MovedTo is where the leading run of permanent redirects (301, 308) ends; empty if there is none, or if Status is not
	// Valid.
	MovedTo string `json:"moved_to,omitempty"`
	// Method is that of the request which decided: HEAD or GET; empty if URL could not be asked for at all.
	Method string `json:"method,omitempty"`
	Notes  []Note `json:"notes,omitempty"`
	// RetryAfterSeconds is how long the server asks us to wait, 0 to MaxRetryAfterSeconds.
	RetryAfterSeconds int `json:"retry_after_seconds,omitempty"`
	// CertificateExpiresAt is when the final server's certificate ends; zero without TLS.
	CertificateExpiresAt time.Time `json:"certificate_expires_at,omitzero"`
	Timings              Timings   `json:"timings_ms,omitzero"`
	// DurationMS is the whole check's time in milliseconds.
	DurationMS int64 `json:"duration_ms"`
	// CheckedAt is when the check ended, in UTC, to the millisecond.
	CheckedAt time.Time `json:"checked_at,omitzero"`
}

// MaxRetryAfterSeconds is the longest wait a server can ask for: a day.
const MaxRetryAfterSeconds = 86_400

// Redirect is one hop: the URL that was asked, without userinfo, and the 3xx it answered.
type Redirect struct {
	URL        string `json:"url"`
	HTTPStatus int    `json:"http_status"`
}

// Timings are the phases of the request that decided, each in milliseconds; 0 where a phase did not happen (a reused
// connection has neither DNS nor connect).
type Timings struct {
	DNS       int64 `json:"dns"`
	Connect   int64 `json:"connect"`
	TLS       int64 `json:"tls"`
	FirstByte int64 `json:"first_byte"`
}

// Decide sets the reason and, with it, the status the reason stands for.
func (r *Result) Decide(reason Reason) {
	r.Reason = reason
	r.Status = reason.Status()
}

// Note adds n, once.
func (r *Result) Note(n Note) {
	if !slices.Contains(r.Notes, n) {
		r.Notes = append(r.Notes, n)
	}
}
