package probe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestEveryRequestCarriesTheSameHeadersAndNoOthers(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
	})
	patient.Check(t.Context(), site.URL+"/a", true)
	want := http.Header{
		"User-Agent":      {probe.DefaultUserAgent},
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language": {"en,*;q=0.5"},
		"Accept-Encoding": {"identity"},
	}
	requests := site.Requests()
	if len(requests) != 4 {
		t.Errorf("asked %v", site.Asked())
	}
	for _, r := range requests {
		if diff := cmp.Diff(want, r.Header); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", r.Method, r.URL, diff)
		}
	}
}

func TestTheUserAgentIsTheProbers(t *testing.T) {
	site := probetest.NewSite(t, respond(http.StatusOK))
	prober := *patient
	prober.UserAgent = "somebody/2"
	prober.Check(t.Context(), site.URL, false)
	if got := site.Requests()[0].UserAgent(); got != "somebody/2" {
		t.Errorf("the site saw %q", got)
	}
}

func TestTheDefaultUserAgentHasNoWordThatFirewallsRefuse(t *testing.T) {
	for _, word := range []string{"link", "bot", "crawl", "spider"} {
		if strings.Contains(strings.ToLower(probe.DefaultUserAgent), word) {
			t.Errorf("%s has the word %q", probe.DefaultUserAgent, word)
		}
	}
	if !strings.Contains(probe.DefaultUserAgent, "+https://") {
		t.Errorf("%s does not say where to complain", probe.DefaultUserAgent)
	}
}
