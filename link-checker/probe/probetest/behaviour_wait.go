package probetest

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// waitBehaviours ask us to come back later, or mean it.
var waitBehaviours = []Behaviour{
	{Case: 37, Name: "429 for a second, then 200", url: firstThen(http.StatusTooManyRequests, "Retry-After", "1"), Want: []Finding{
		{Reason: check.RateLimited, HTTPStatus: 429, RetryAfterSeconds: 1},
		{Reason: check.OK, HTTPStatus: 200},
	}},
	{Case: 38, Name: "429 until a date", Want: asksToWait(check.RateLimited, 429, 86400), url: at(later(429, "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"))},
	{Case: 38, Name: "429 for 1m30s", Want: asksToWait(check.RateLimited, 429, 90), url: at(later(429, "Retry-After", "1m30s"))},
	{Case: 38, Name: "429 for nobody knows how long", Want: asksToWait(check.RateLimited, 429, 0), url: at(later(429, "Retry-After", "soon"))},
	{Case: 38, Name: "429 for less than nothing", Want: asksToWait(check.RateLimited, 429, 0), url: at(later(429, "Retry-After", "-5"))},
	{Case: 38, Name: "429 until a date in the past", Want: asksToWait(check.RateLimited, 429, 0), url: at(later(429, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"))},
	{Case: 39, Name: "429 for a day", Want: asksToWait(check.RateLimited, 429, 86400), url: at(later(429, "Retry-After", "86400"))},
	{Case: 39, Name: "429 for a year", Want: asksToWait(check.RateLimited, 429, 86400), url: at(later(429, "Retry-After", "31536000"))},
	{Case: 40, Name: "200, and no request left for 30 seconds", Want: asksToWait(check.OK, 200, 30), url: at(later(200, "RateLimit-Remaining", "0", "RateLimit-Reset", "30"))},
	{Case: 40, Name: "200, and no request left, in the newer words", Want: asksToWait(check.OK, 200, 30), url: at(later(200, "RateLimit", `"default";r=0;t=30`))},
	{Case: 40, Name: "200, and no request left until a point in time", Want: asksToWait(check.OK, 200, 86400), url: at(later(200,
		"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(48*time.Hour).Unix(), 10)))},
	{Case: 40, Name: "200, and requests left", Want: asksToWait(check.OK, 200, 0), url: at(later(200, "RateLimit-Remaining", "1", "RateLimit-Reset", "30"))},
	{Case: 40, Name: "403, and no request left", Want: asksToWait(check.RateLimited, 403, 30), url: at(later(403, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "30"))},
	{Case: 43, Name: "503, then 200", url: firstThen(http.StatusServiceUnavailable, "Retry-After", "120"), Want: []Finding{
		{Reason: check.ServerError, HTTPStatus: 503, RetryAfterSeconds: 120},
		{Reason: check.OK, HTTPStatus: 200},
	}},
	{Case: 43, Name: "502 three times, then 200", url: failing(3), Want: []Finding{
		{Reason: check.ServerError, HTTPStatus: 502},
		{Reason: check.ServerError, HTTPStatus: 502},
		{Reason: check.ServerError, HTTPStatus: 502},
		{Reason: check.OK, HTTPStatus: 200},
	}},
}

// later answers with status and these headers: names and values in turn.
func later(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		Page(w, status, "A page")
	}
}

// firstThen answers the first check so and later ones with a page. A check that is told by HEAD when to come back asks
// once, another twice.
func firstThen(status int, headers ...string) func(*Web) string {
	return func(w *Web) string {
		var over atomic.Bool
		return w.site(func(w http.ResponseWriter, r *http.Request) {
			if over.Load() {
				Page(w, http.StatusOK, "A page")
				return
			}
			over.Store(r.Method == http.MethodGet || status == http.StatusTooManyRequests)
			later(status, headers...)(w, r)
		}).URL + "/page"
	}
}

// failing answers n checks with 502 and later ones with a page.
func failing(n int64) func(*Web) string {
	return func(w *Web) string {
		var checks atomic.Int64
		return w.site(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead && checks.Load() >= n || r.Method == http.MethodGet && checks.Add(1) > n {
				Page(w, http.StatusOK, "A page")
				return
			}
			Page(w, http.StatusBadGateway, "Bad gateway")
		}).URL + "/page"
	}
}
