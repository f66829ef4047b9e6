package sight

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	handler "github.com/openfaas/templates-sdk/go-http"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
)

func TestParseCanaries(t *testing.T) {
	got, err := ParseCanaries([]string{"https://example.com", "http://example.net/x", "https://example.com"}, nil)
	if diff := cmp.Diff([]string{"https://example.com", "http://example.net/x"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := ParseCanaries(nil, nil); len(got) != 0 || err != nil {
		t.Errorf("none are %q, %v", got, err)
	}
	for name, urls := range map[string][]string{
		"number 1 of 1: the url is empty":                        {""},
		"number 2 of 2: the url has spaces around it":            {"https://example.com", " https://example.com"},
		"number 1 of 1: the url holds a user name or password; ": {"https://user:secret@example.com"},
		"there are 11 URLs; the most allowed is 10":              make([]string, 11),
	} {
		if _, err := ParseCanaries(urls, nil); err == nil || !strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "secret") {
			t.Errorf("error is %v, want %s", err, name)
		}
	}
}

// The function would answer blocked_address each time, and we would be blind for ever.
func TestACanaryThatNoCheckMayReachIsRefused(t *testing.T) {
	for canary, allow := range map[string]string{
		"http://127.0.0.1/":         "10.0.0.0/8",
		"http://2130706433/":        "10.0.0.0/8",
		"https://10.0.0.1:8443/":    "",
		"http://[::1]/":             "127.0.0.0/8",
		"http://[::ffff:10.0.0.1]/": "",
		"http://router.lan/":        "",
		"http://intranet/":          "",
		"http://example.com:25/":    "",
		"http://8.8.8.8:25/":        "",
	} {
		if got, err := ParseCanaries([]string{"https://example.com/", canary}, allowing(t, allow)); err == nil || !strings.HasPrefix(err.Error(), "number 2 of 2 cannot be reached by any check") {
			t.Errorf("%s with %q: %q, %v", canary, allow, got, err)
		}
	}
	for canary, allow := range map[string]string{
		"http://127.0.0.1:8080/": "127.0.0.0/8",
		"http://router.lan/":     "10.0.0.0/8",
		"http://8.8.8.8/":        "",
		"https://example.com/":   "",
	} {
		if _, err := ParseCanaries([]string{canary}, allowing(t, allow)); err != nil {
			t.Errorf("%s with %q: %v", canary, allow, err)
		}
	}
}

func TestCanariesAreSeenByTheFunction(t *testing.T) {
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer there.Close()
	away := httptest.NewServer(nil)
	away.Close()
	elsewhere := httptest.NewServer(answer("link-checker", `{"url":"https://example.com/","status":"valid","reason":"ok"}`))
	defer elsewhere.Close()
	good, gone, dead := there.URL+"/", there.URL+"/gone", away.URL+"/"

	real := callable(t, probe.Prober{Allow: allowing(t, "127.0.0.0/8"), Timeout: time.Second})
	for name, test := range map[string]struct {
		gateway http.HandlerFunc
		urls    []string
		want    glance
	}{
		"all answer":                           {real, []string{good, good + "?"}, oneAnswers},
		"one answers":                          {real, []string{dead, gone, good}, oneAnswers},
		"none answers":                         {real, []string{dead, gone}, noneAnswers},
		"the function refuses one":             {real, []string{dead, "http://user@example.com"}, nothing},
		"the function refuses one of two":      {real, []string{good, "http://user@example.com"}, oneAnswers},
		"the gateway has no function":          {http.NotFound, []string{dead}, nothing},
		"the function fails":                   {status(http.StatusServiceUnavailable), []string{dead}, nothing},
		"somebody else says that it is dead":   {answer("", `{"url":"https://example.com/","status":"invalid","reason":"gone"}`), []string{good}, nothing},
		"somebody else says that all is well":  {answer("", `{"url":"https://example.com/","status":"valid","reason":"ok"}`), []string{dead}, nothing},
		"an answer of a version to come":       {answer("link-checker", `{"url":"https://example.com/","status":"valid","reason":"splendid"}`), []string{dead}, nothing},
		"a login page instead of the gateway":  {answer("", `<html>`), []string{dead}, nothing},
		"the gateway sends us somewhere else ": {redirect(elsewhere.URL), []string{dead}, nothing},
		"an answer that never comes":           {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }, []string{good}, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := httptest.NewServer(test.gateway)
			defer gateway.Close()
			client := newClient()
			defer client.CloseIdleConnections()
			c := &Canaries{URLs: test.urls, GatewayURL: gateway.URL, Timeout: 2 * time.Second}
			if got := c.look(t.Context(), client); got != test.want {
				t.Errorf("it is %d, want %d", got, test.want)
			}
		})
	}
	t.Run("the gateway is away", func(t *testing.T) {
		c := &Canaries{URLs: []string{good}, GatewayURL: away.URL, Timeout: time.Second}
		if got := c.look(t.Context(), newClient()); got != nothing {
			t.Errorf("it is %d", got)
		}
	})
}

// callable is the real function with this prober, behind as much of a gateway as it takes to call it by hand.
func callable(t *testing.T, p probe.Prober) http.HandlerFunc {
	checker := &function.Checker{Prober: &p}
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request event.Request
		if err != nil || json.Unmarshal(body, &request) != nil || request.CheckID != "" || r.Method != http.MethodPost || r.URL.Path != "/function/link-checker" {
			t.Errorf("the request is %s %s with %s", r.Method, r.URL, body)
		}
		res, err := checker.Handle(handler.Request{Body: body, Header: r.Header, Method: r.Method})
		if err != nil {
			t.Error(err)
		}
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(res.StatusCode)
		_, _ = w.Write(res.Body)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(event.HeaderFunction, "link-checker")
		w.WriteHeader(code)
	}
}

func answer(function, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if function != "" {
			w.Header().Set(event.HeaderFunction, function)
		}
		_, _ = io.WriteString(w, body)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) }
}

func TestNoCanaryTwiceInARowBlindsUs(t *testing.T) {
	for name, test := range map[string]struct {
		glances []glance
		after   time.Duration
		blind   bool
		rest    time.Duration
	}{
		"all is well":                               {[]glance{oneAnswers}, 0, false, canaryRest},
		"none, once":                                {[]glance{noneAnswers}, 0, false, canaryAgain},
		"none, twice":                               {[]glance{noneAnswers, noneAnswers}, 0, true, canaryAgain},
		"none, and then one":                        {[]glance{noneAnswers, oneAnswers, noneAnswers}, 0, false, canaryAgain},
		"one good answer ends it":                   {[]glance{noneAnswers, noneAnswers, oneAnswers}, 0, false, canaryRest},
		"the function is away":                      {[]glance{nothing, nothing, nothing}, 0, false, canaryRest},
		"the function is away, then none is seen":   {[]glance{nothing, noneAnswers, nothing, noneAnswers}, 0, true, canaryAgain},
		"the function is away, and we were blind":   {[]glance{noneAnswers, noneAnswers, nothing}, canaryLasts - 20*time.Second, true, canaryAgain},
		"the function is away for some minutes":     {[]glance{noneAnswers, noneAnswers, nothing}, canaryLasts, false, canaryAgain},
		"none for a long time, looked at each time": {[]glance{noneAnswers, noneAnswers, noneAnswers, noneAnswers, noneAnswers}, 0, true, canaryAgain},
	} {
		t.Run(name, func(t *testing.T) {
			var j judgement
			now, rest := start, time.Duration(0)
			for _, g := range test.glances {
				now = now.Add(rest)
				rest = j.add(now, g)
			}
			since := j.blindSince(now.Add(test.after))
			if since.IsZero() == test.blind || rest != test.rest {
				t.Errorf("blind since %v, the next look after %v", since, rest)
			}
		})
	}
}
