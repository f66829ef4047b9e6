package client

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Check is one answer in a link's history.
type Check struct {
	Status      check.Status `json:"status"`
	Reason      check.Reason `json:"reason"`
	Explanation string       `json:"explanation"`
	// HTTPStatus is nil where no HTTP answer came.
	HTTPStatus *int `json:"http_status"`
	// Notes are what was noticed beside the status.
	Notes []check.Note `json:"notes"`
	// FinalURL is where the redirects ended; nil where nobody could be asked.
	FinalURL *string `json:"final_url"`
	// MovedTo is where the page has moved for good; nil if it has not.
	MovedTo *string `json:"moved_to"`
	// Redirects are the hops before FinalURL, in order.
	Redirects []check.Redirect `json:"redirects"`
	// CertificateExpiresAt is nil without TLS.
	CertificateExpiresAt *time.Time `json:"certificate_expires_at"`
	// Timings are the phases of the request that decided, DurationMS the whole check, in milliseconds.
	Timings    check.Timings `json:"timings_ms"`
	DurationMS int64         `json:"duration_ms"`
	CheckedAt  time.Time     `json:"checked_at"`
}

// Day is what the checks of one day said.
type Day struct {
	// Day is like 2026-01-02, in UTC.
	Day string `json:"day"`
	// Valid, Invalid and Pending count answers.
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
	Pending int `json:"pending"`
	// MeanMS is how long a check took on average, SlowestMS how long the slowest did, in milliseconds.
	MeanMS    int64 `json:"mean_ms"`
	SlowestMS int64 `json:"slowest_ms"`
}

// maxChecks is how many answers are kept whole.
const maxChecks = 100

// ListChecks returns the newest answers for a link, newest first: at most limit, 1 to 100; 0 means 100.
func (c *Client) ListChecks(ctx context.Context, id string, limit int) ([]Check, error) {
	return all[Check](ctx, c, linkPath(id)+"/checks", url.Values{"limit": {strconv.Itoa(pageSize(limit, maxChecks))}})
}

// ListDays returns the days on which a link was checked, newest first: at most the last 400.
func (c *Client) ListDays(ctx context.Context, id string) ([]Day, error) {
	return all[Day](ctx, c, linkPath(id)+"/days", nil)
}
