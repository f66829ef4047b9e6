package api_test

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares an answer with what other people's programs were promised.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name + ".golden"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestHistoryShowsEachAnswerWhole(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"http://example.com/old"}`)
	r.answer(check.DNSTemporary, 0)
	r.clock = r.clock.Add(time.Hour)
	claimed, err := r.store.Claim(t.Context(), store.ClaimRequest{Lane: store.LaneDue, Limit: 1, Lease: time.Minute})
	if err != nil || len(claimed.Claims) != 1 {
		t.Fatal(claimed, err)
	}
	answer := event.Checked{CheckID: claimed.Claims[0].CheckID, Result: check.Result{
		URL: claimed.Claims[0].URL, HTTPStatus: 200, FinalURL: "https://example.com/new", MovedTo: "https://example.com/new", Method: "GET",
		Redirects: []check.Redirect{{URL: "http://example.com/old", HTTPStatus: 301}}, Notes: []check.Note{check.MovedPermanently},
		CertificateExpiresAt: start.Add(90 * 24 * time.Hour), Timings: check.Timings{DNS: 3, Connect: 12, TLS: 25, FirstByte: 40}, DurationMS: 83,
	}}
	answer.Decide(check.OK)
	if outcome, err := r.store.Apply(t.Context(), answer, nil); err != nil || outcome != store.Applied {
		t.Fatal(outcome, err)
	}
	golden(t, "checks", r.do("GET", "/v1/links/"+l.ID+"/checks", "").is(http.StatusOK, nil).body)
	golden(t, "days", r.do("GET", "/v1/links/"+l.ID+"/days", "").is(http.StatusOK, nil).body)
}

func TestHistoryIsAsLongAsItIsAskedFor(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com"}`)
	path := "/v1/links/" + l.ID + "/checks"
	for _, empty := range []string{path, "/v1/links/" + l.ID + "/days"} {
		if body := string(r.do("GET", empty, "").is(http.StatusOK, nil).body); strings.TrimSpace(body) != `{"items":[]}` {
			t.Errorf("before the first check %s is %s", empty, body)
		}
	}
	for range 101 {
		r.clock = r.clock.Add(time.Second)
		r.do("POST", "/v1/links/"+l.ID+"/check", "").is(http.StatusAccepted, nil)
		r.answer(check.OK, 200)
	}
	for query, want := range map[string]int{"": 30, "?limit=1": 1, "?limit=100": 100} {
		var history struct{ Items []api.Check }
		r.do("GET", path+query, "").is(http.StatusOK, &history)
		if len(history.Items) != want {
			t.Errorf("%q lists %d", query, len(history.Items))
		}
		if !history.Items[0].CheckedAt.Equal(r.clock) {
			t.Errorf("%q begins with %v", query, history.Items[0].CheckedAt)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=x", "?limit=", "?limit=1&limit=2", "?cursor=x"} {
		r.do("GET", path+query, "").problem(http.StatusBadRequest, "query.")
	}
	r.do("GET", "/v1/links/"+l.ID+"/days?limit=1", "").problem(http.StatusBadRequest, "query.limit")
}
