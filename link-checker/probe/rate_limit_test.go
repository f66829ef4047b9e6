package probe

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestHowLongAServerWantsToBeLeftAlone(t *testing.T) {
	epoch := func(d time.Duration) string { return strconv.FormatInt(noon.Add(d).Unix(), 10) }
	for name, c := range map[string]struct {
		reason  check.Reason
		headers map[string]string
		want    int
	}{
		"nothing said":                     {check.RateLimited, nil, 0},
		"Retry-After":                      {check.RateLimited, map[string]string{"Retry-After": "7"}, 7},
		"Retry-After comes first":          {check.RateLimited, map[string]string{"Retry-After": "7", "RateLimit-Remaining": "0", "RateLimit-Reset": "9"}, 7},
		"Retry-After of a good answer":     {check.OK, map[string]string{"Retry-After": "7"}, 0},
		"Retry-After of a problem":         {check.ServerError, map[string]string{"Retry-After": "7"}, 7},
		"used up, seconds":                 {check.OK, map[string]string{"RateLimit-Remaining": "0", "RateLimit-Reset": "9"}, 9},
		"used up, a point in time":         {check.OK, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(time.Minute)}, 60},
		"used up, in milliseconds":         {check.OK, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(time.Minute) + "000"}, 60},
		"used up, a point in the past":     {check.OK, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(-time.Minute)}, 0},
		"used up, for a year":              {check.OK, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(365 * 24 * time.Hour)}, 86400},
		"used up, with a dash more":        {check.OK, map[string]string{"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "9"}, 9},
		"used up, in one field":            {check.OK, map[string]string{"RateLimit": `"hourly";r=0;t=9`}, 9},
		"used up, in one field of old":     {check.OK, map[string]string{"RateLimit": "limit=10, remaining=0, reset=9"}, 9},
		"used up, one of two":              {check.OK, map[string]string{"RateLimit": `"burst";r=0;t=9, "daily";r=900;t=3600`}, 9},
		"used up, the other of two":        {check.OK, map[string]string{"RateLimit": `"burst";r=5;t=9, "daily";r=0;t=3600`}, 3600},
		"used up, until nobody knows when": {check.OK, map[string]string{"RateLimit-Remaining": "0", "RateLimit-Reset": "soon"}, 0},
		"some left":                        {check.OK, map[string]string{"RateLimit-Remaining": "1", "RateLimit-Reset": "9"}, 0},
		"some left, and refused":           {check.RateLimited, map[string]string{"RateLimit-Remaining": "1", "RateLimit-Reset": "9"}, 9},
		"refused, and a reset alone":       {check.RateLimited, map[string]string{"X-RateLimit-Reset": "9"}, 9},
		"less than nothing":                {check.OK, map[string]string{"RateLimit-Remaining": "0", "RateLimit-Reset": "-9"}, 0},
	} {
		header := http.Header{}
		for name, value := range c.headers {
			header.Set(name, value)
		}
		if got := waitSeconds(c.reason, header, noon); got != c.want {
			t.Errorf("%s: %d s, want %d", name, got, c.want)
		}
	}
}

func FuzzRateLimit(f *testing.F) {
	f.Add("0", "30", `"default";r=0;t=30`)
	f.Add("", "9223372036854775807", "limit=1, remaining=0, reset=-9223372036854775808")
	f.Fuzz(func(t *testing.T, remaining, reset, field string) {
		header := http.Header{"Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}, "Ratelimit": {field}}
		for _, reason := range []check.Reason{check.OK, check.RateLimited} {
			if got := waitSeconds(reason, header, noon); got < 0 || got > check.MaxRetryAfterSeconds {
				t.Errorf("%v: %d s", header, got)
			}
		}
	})
}
