package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
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
		"429 that says more than an int":     {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "99999999999999999999"})}, want: again, wait: maxRetryAfter},
		"429 that says something else":       {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "soon"})}, want: again},
		"429 that says a negative time":      {answer: answer{status: 429, header: header(ours, map[string]string{"Retry-After": "-5"})}, want: again},
		"429 of the watchdog's own limit":    {answer: answer{status: 429, header: header(map[string]string{"X-Openfaas-Internal": "faas-middleware"})}, want: crowded},
		"429 of a gateway that says when":    {answer: answer{status: 429, header: header(map[string]string{"Retry-After": "7"})}, want: crowded, wait: 7 * time.Second},
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

func TestWhatAnAnswerSaysAboutHowMuchTheFunctionCanDo(t *testing.T) {
	late := &url.Error{Op: "Post", URL: "http://gateway", Err: context.DeadlineExceeded}
	for name, test := range map[string]struct {
		answer answer
		want   effect
	}{
		"an answer":                             {answer{status: 200, header: header(ours)}, atEase},
		"a refusal":                             {answer{status: 400, header: header(ours)}, atEase},
		"a failure":                             {answer{status: 500, header: header(ours)}, atEase},
		"408 from the function":                 {answer{status: 408, header: header(ours)}, overloaded},
		"425 from the function":                 {answer{status: 425, header: header(ours)}, overloaded},
		"429 from the function":                 {answer{status: 429, header: header(ours)}, overloaded},
		"429 from the watchdog":                 {answer{status: 429, header: header(inItsPlace)}, overloaded},
		"503 from the function":                 {answer{status: 503, header: header(ours)}, overloaded},
		"503 from the gateway":                  {answer{status: 503, header: header(proxy)}, nothing},
		"502":                                   {answer{status: 502}, nothing},
		"a watchdog that gave up waiting":       {answer{status: 504, header: header(inItsPlace)}, overloaded},
		"a call that took too long":             {answer{err: fmt.Errorf("unable: %w", late)}, overloaded},
		"a call that was given up by ourselves": {answer{err: fmt.Errorf("unable: %w", context.Canceled)}, nothing},
		"a refused connection":                  {answer{err: syscall.ECONNREFUSED}, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			if got := effectOf(test.answer); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestOnlyA401AndARefusedConnectionAreAboutTheGateway(t *testing.T) {
	for name, test := range map[string]struct {
		answer answer
		want   bool
	}{
		"a refused connection":  {answer{err: fmt.Errorf("unable: %w", syscall.ECONNREFUSED)}, true},
		"401 from the gateway":  {answer{status: 401}, true},
		"401 from the function": {answer{status: 401, header: header(ours)}, false},
		"a reset connection":    {answer{err: syscall.ECONNRESET}, false},
		"502":                   {answer{status: 502}, false},
		"404":                   {answer{status: 404}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fromGatewayAlone(test.answer); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
