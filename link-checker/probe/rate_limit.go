package probe

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// waitSeconds is how long the server wants to be left alone: what Retry-After says of an answer that decides nothing, or
// else when the rate limit that it says is used up begins anew; 0 if it does not say, at most check.MaxRetryAfterSeconds.
func waitSeconds(reason check.Reason, header http.Header, now time.Time) int {
	if reason.Status() == check.Pending {
		if seconds := retryAfterSeconds(header.Get("Retry-After"), now); seconds > 0 {
			return seconds
		}
	}
	limit := readRateLimit(header)
	if limit.remaining == "0" || reason == check.RateLimited {
		return resetSeconds(limit.reset, now)
	}
	return 0
}

// rateLimitUsedUp reports whether the server says that no request is left to us. GitHub's first word then is 403.
func rateLimitUsedUp(header http.Header) bool { return readRateLimit(header).remaining == "0" }

// A rateLimit is what a server says of it, as it says it.
type rateLimit struct{ remaining, reset string }

// rateLimitHeaders are the pairs of headers in use, by their canonical names: those of
// draft-ietf-httpapi-ratelimit-headers up to its sixth version, and the older ones that GitHub and others send.
var rateLimitHeaders = []struct{ remaining, reset string }{
	{"Ratelimit-Remaining", "Ratelimit-Reset"},
	{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"},
	{"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
}

// readRateLimit reads one of the pairs, or the one field that the draft has since: RateLimit: "name";r=0;t=30.
func readRateLimit(header http.Header) rateLimit {
	for _, names := range rateLimitHeaders {
		if limit := (rateLimit{header.Get(names.remaining), header.Get(names.reset)}); limit != (rateLimit{}) {
			return limit
		}
	}
	return readRateLimitField(header.Get("Ratelimit"))
}

// readRateLimitField reads a list of limits, of which one that is used up counts most, or the one limit of the drafts in
// between: limit=10, remaining=0, reset=30.
func readRateLimitField(field string) rateLimit {
	items := strings.Split(field, ",")
	if strings.Contains(field, "remaining=") {
		items = []string{strings.ReplaceAll(field, ",", ";")}
	}
	var limit rateLimit
	for _, item := range items {
		var this rateLimit
		for parameter := range strings.SplitSeq(item, ";") {
			switch name, value, _ := strings.Cut(strings.TrimSpace(parameter), "="); name {
			case "r", "remaining":
				this.remaining = value
			case "t", "reset":
				this.reset = value
			}
		}
		if limit == (rateLimit{}) || this.remaining == "0" {
			limit = this
		}
	}
	return limit
}

// firstEpoch is where a number of seconds is taken for a point in time, as GitHub's and GitLab's are, and no longer for a
// span: the year 2001, or 31 years.
const firstEpoch = 1_000_000_000

// resetSeconds reads when a rate limit begins anew, in seconds from now or since 1970, as seconds from now: 0 to
// check.MaxRetryAfterSeconds. What is neither counts as 0.
func resetSeconds(reset string, now time.Time) int {
	seconds, err := strconv.ParseInt(reset, 10, 64)
	if err != nil {
		return 0
	}
	if seconds >= firstEpoch*100 { // milliseconds
		seconds /= 1000
	}
	if seconds >= firstEpoch {
		seconds -= now.Unix()
	}
	return int(min(max(0, seconds), check.MaxRetryAfterSeconds))
}
