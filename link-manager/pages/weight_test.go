package pages_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// The most that the list weighs to a browser that has nothing of it, in bytes on their way: the page and all its assets; and
// its script.
const (
	mostPage   = 60_000
	mostScript = 15_000
)

func TestTheListIsLight(t *testing.T) {
	s := newSite(t, false)
	s.saveRich(60)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	page, plain := s.fetch(server.URL, "/")
	if rows := strings.Count(plain, `class="link"`); rows != 50 || strings.Count(plain, "The last 30 checks: 20 valid, 10 invalid.") != 50 {
		t.Fatalf("the page has %d rows: %s", rows, plain)
	}
	sum, unsqueezed, script := page, len(plain), 0
	for _, path := range regexp.MustCompile(`/assets/[^"]+`).FindAllString(plain, -1) {
		sent, text := s.fetch(server.URL, path)
		sum, unsqueezed = sum+sent, unsqueezed+len(text)
		if strings.HasSuffix(path, ".js") {
			script = len(text)
		}
	}
	if sum > mostPage || script > mostScript || script == 0 {
		t.Errorf("the list weighs %d bytes, want %d at most; its script has %d, want %d at most", sum, mostPage, script, mostScript)
	}
	t.Logf("the page: %d bytes on their way, %d unpacked; with all assets %d, %d unpacked; the script %d unpacked", page, len(plain), sum, unsqueezed, script)
}

// saveRich saves links as they are in real life: with titles, tags, troubles and a history.
func (s *site) saveRich(n int) {
	s.t.Helper()
	for i := range n {
		s.add("local", link.Draft{
			URL:   fmt.Sprintf("https://www.example-%d.com/articles/2026/01/how-a-page-about-number-%d-came-to-be?source=newsletter&issue=%d", i, 7*i, 13*i),
			Title: fmt.Sprintf("How a page about number %d came to be, and what became of it afterwards", 7*i),
			Tags:  []string{"go", "reading-list", fmt.Sprintf("topic-%d", i%17), fmt.Sprintf("year-%d", 2000+i%25)},
		})
	}
	claimed, err := s.store.Claim(s.t.Context(), store.ClaimRequest{Lane: store.LaneAdded, Limit: n, Lease: time.Minute})
	if err != nil || len(claimed.Claims) != n {
		s.t.Fatalf("claimed %d: %v", len(claimed.Claims), err)
	}
	for i, c := range claimed.Claims {
		answer := event.Checked{CheckID: c.CheckID, Result: check.Result{URL: c.URL, HTTPStatus: 200, Method: "GET", CheckedAt: time.Now()}}
		answer.Decide([]check.Reason{check.OK, check.NotFound, check.ServerError}[i%3])
		if _, err := s.store.Apply(s.t.Context(), answer, nil); err != nil {
			s.t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	// Every third check of the last thirty went wrong.
	_, err = db.ExecContext(s.t.Context(), `
		WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 30)
		INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
		SELECT check_id || ' ' || i, target_id, lane, attempt, CASE WHEN i % 3 = 0 THEN 'invalid' ELSE 'valid' END, reason, http_status, checked_at + i, result
		FROM checks, numbers`)
	if err != nil {
		s.t.Fatal(err)
	}
}

// fetch asks for a page like a browser does, and returns how many bytes came and what they say.
func (s *site) fetch(address, path string) (sent int, text string) {
	s.t.Helper()
	got := s.getFrom(address, path, "same-origin")
	packed, err := io.ReadAll(got.Body)
	if err == nil {
		err = got.Body.Close()
	}
	if err != nil || got.StatusCode != http.StatusOK || got.Header.Get("Content-Encoding") != "gzip" {
		s.t.Fatalf("%s is answered %d %v: %v", path, got.StatusCode, got.Header, err)
	}
	return len(packed), unpacked(s.t, packed)
}

// getFrom asks over HTTP for what may come in gzip, as a browser on a page of this kind of site.
func (s *site) getFrom(address, path, site string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), http.MethodGet, address+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Sec-Fetch-Site", site)
	got, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

// What another site has a browser ask for is not compressed, because its length would tell what it holds.
func TestWhatOtherSitesAskForIsNotCompressed(t *testing.T) {
	s := newSite(t, false)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	for site, want := range map[string]string{"cross-site": "", "same-site": "gzip", "none": "gzip"} {
		got := s.getFrom(server.URL, "/?q=guess", site)
		_ = got.Body.Close()
		if coding := got.Header.Get("Content-Encoding"); coding != want || got.StatusCode != http.StatusOK {
			t.Errorf("%s: answered %d in %q, want %q", site, got.StatusCode, coding, want)
		}
	}
}
