package probe

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// retryAfterSeconds reads a Retry-After header, seconds or an HTTP-date (RFC 9110, 10.2.3), or what some servers send
// instead, 1m30s, as seconds from now: 0 to check.MaxRetryAfterSeconds, which more counts as. What is missing, in the past
// or none of these counts as 0: the server did not say.
func retryAfterSeconds(header string, now time.Time) int {
	header = strings.TrimSpace(header)
	if isDigits(header) {
		seconds, err := strconv.Atoi(header)
		if err != nil { // too large for an int
			seconds = math.MaxInt
		}
		return min(seconds, check.MaxRetryAfterSeconds)
	}
	wait, err := time.ParseDuration(header)
	if err != nil {
		date, err := http.ParseTime(header)
		if err != nil {
			return 0
		}
		wait = date.Sub(now)
	}
	return int(min(max(0, math.Ceil(wait.Seconds())), check.MaxRetryAfterSeconds))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
