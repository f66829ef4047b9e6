package connector

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// marks are how an answer shows where it comes from.
var (
	ours       = map[string]string{"Linkwell-Function": "link-checker"}
	watchdog   = map[string]string{"X-Duration-Seconds": "0.1"}
	unmarked   = map[string]string{}
	inItsPlace = map[string]string{"X-Duration-Seconds": "0.1", "X-Openfaas-Internal": "of-watchdog"}
	proxy      = map[string]string{"X-Openfaas-Internal": "proxy"}
)

func header(marks ...map[string]string) http.Header {
	h := http.Header{}
	for _, m := range marks {
		for name, value := range m {
			h.Set(name, value)
		}
	}
	return h
}

// The table of the design, section 6.
func TestOutcomeTable(t *testing.T) {
	for name, test := range map[string]struct {
		answer answer
		want   verdict
		wait   time.Duration
	}{
		"200 marked by our function":         {answer: answer{status: 200, header: header(ours)}, want: done},
		"200 marked by the watchdog":         {answer: answer{status: 200, header: header(watchdog)}, want: done},
		"204 from the function":              {answer: answer{status: 204, header: header(watchdog)}, want: done},
		"200 from nobody we know":            {answer: answer{status: 200, header: header(unmarked)}, want: unanswered},
		"200 with no header at all":          {answer: answer{status: 200}, want: unanswered},
		"200 in the function's place":        {answer: answer{status: 200, header: header(inItsPlace)}, want: unanswered},
		"400 from the function":              {answer: answer{status: 400, header: header(ours)}, want: hopeless},
		"409 from the function":              {answer: answer{status: 409, header: header(ours)}, want: hopeless},
		"410 from the function":              {answer: answer{status: 410, header: header(ours)}, want: hopeless},
		"413 from the function":              {answer: answer{status: 413, header: header(watchdog)}, want: hopeless},
		"415 from the function":              {answer: answer{status: 415, header: header(watchdog)}, want: hopeless},
		"422 from the function":              {answer: answer{status: 422, header: header(watchdog)}, want: hopeless},
		"400 from a gateway":                 {answer: answer{status: 400, header: header(unmarked)}, want: unanswered},
		"408 from the function":              {answer: answer{status: 408, header: header(ours)}, want: again},
		"425 from the function":              {answer: answer{status: 425, header: header(ours)}, want: again},
		"429 that says when":                 {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "7"})}, want: again, wait: 7 * time.Second},
		"429 that says when by date":         {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "Fri, 02 Jan 2026 03:05:05 GMT"})}, want: again, wait: time.Minute},
		"429 that says a date that was":      {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "Fri, 02 Jan 2015 03:05:05 GMT"})}, want: again},
		"429 that says never":                {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "999999999"})}, want: again, wait: maxRetryAfter},
		"429 that says more than time holds": {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "9223372036854775807"})}, want: again, wait: maxRetryAfter},
		"429 that says something else":       {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "soon"})}, want: again},
		"429 that says a negative time":      {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "-5"})}, want: again},
		"429 of the watchdog's own limit":    {answer: answer{status: 429, header: header(map[string]string{"X-Openfaas-Internal": "faas-middleware"})}, want: unanswered},
		"500 from the function":              {answer: answer{status: 500, header: header(watchdog)}, want: again},
		"503 from the function":              {answer: answer{status: 503, header: header(ours)}, want: again},
		"503 of the gateway":                 {answer: answer{status: 503, header: header(proxy)}, want: unanswered},
		"502 of the gateway":                 {answer: answer{status: 502, header: header(unmarked)}, want: unanswered},
		"504 of the watchdog":                {answer: answer{status: 504, header: header(inItsPlace)}, want: unanswered},
		"404 of the gateway is not for ever": {answer: answer{status: 404, header: header(unmarked)}, want: unanswered},
		"404 from the function":              {answer: answer{status: 404, header: header(ours)}, want: again},
		"401 of the gateway":                 {answer: answer{status: 401, header: header(unmarked)}, want: unanswered},
		"a redirect":                         {answer: answer{status: 307, header: header(unmarked)}, want: unanswered},
		"no answer":                          {answer: answer{err: errors.New("connection refused")}, want: unanswered},
	} {
		t.Run(name, func(t *testing.T) {
			got := decide(test.answer, now)
			if got.verdict != test.want || got.notBefore != test.wait {
				t.Errorf("got %s after %v, want %s after %v", got.verdict, got.notBefore, test.want, test.wait)
			}
			if got.verdict != done && got.reason == "" {
				t.Error("no reason is given")
			}
		})
	}
}

func TestReasonsNeverHoldBodies(t *testing.T) {
	for _, marks := range []map[string]string{ours, unmarked} {
		o := decide(answer{status: 500, header: header(marks), body: []byte("https://u:secret@example.com")}, now)
		if strings.Contains(o.reason, "secret") {
			t.Errorf("reason %q", o.reason)
		}
	}
}

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	for attempt, most := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 8: retryWaitMax, 1000: retryWaitMax} {
		for range 100 {
			if got := backoff(attempt); got < most/2 || got > most {
				t.Fatalf("the wait before attempt %d is %v, want %v to %v", attempt+1, got, most/2, most)
			}
		}
	}
}
