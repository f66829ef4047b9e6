package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// somePages are a web with a page that is there, and none else.
func somePages(t *testing.T) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if !strings.HasPrefix(r.URL.Path, "/page") {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// keeper is a whole Linkwell with somebody's token: LISTEN and TOKEN_FILE name them.
func keeper(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	api := served(t, folder, func(c *serve.Config) { c.Checks.CheckAllow = "127.0.0.0/8" })
	made := program(t, "", "token", "create", "of a test", "--data-dir="+folder)
	if made.code != 0 {
		t.Fatal(made.err)
	}
	file := filepath.Join(folder, "token")
	if err := os.WriteFile(file, []byte(made.out), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LISTEN", api)
	t.Setenv("TOKEN_FILE", file)
}

var (
	linkIDs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	ages    = regexp.MustCompile(` +\d+[smh]  `)
)

// plain is output without what changes from run to run.
func plain(text, web string) string {
	text = linkIDs.ReplaceAllString(strings.ReplaceAll(text, web, "http://web"), "01a2045b-a9ce-7e22-a89d-f7e640fa8c96")
	return ages.ReplaceAllStringFunc(text, func(age string) string { return strings.Repeat(" ", len(age)-len("0s  ")) + "0s  " })
}

func TestLinksAreSavedListedCheckedAndRemoved(t *testing.T) {
	keeper(t)
	web := somePages(t)
	r := program(t, "", "links", "list")
	if r.code != 0 || r.out != "There are no links.\n" || r.err != "" {
		t.Errorf("nothing: exit code %d, %q, error %q", r.code, r.out, r.err)
	}

	// The check is waited for, and decides the exit code.
	r = program(t, "", "links", "add", "--wait", "--title=A page", "--tags=a,b", web+"/page")
	if r.code != 0 || r.err != "" {
		t.Errorf("add --wait: exit code %d, error %q", r.code, r.err)
	}
	golden(t, "links_add_wait.txt", plain(r.out, web))
	r = program(t, "\n "+web+"/page/2 \n"+web+"/missing\n", "links", "add", "--wait", "-", web+"/page/3")
	if r.code != 1 || r.err != "" || !strings.Contains(r.out, "invalid  not_found            "+web+"/missing\n    The server says") || strings.Count(r.out, "\n") != 6 {
		t.Errorf("add --wait -: exit code %d, %q, error %q", r.code, r.out, r.err)
	}

	// One that is saved already keeps nobody from their turn, and is said to be.
	r = program(t, "", "links", "add", web+"/page", web+"/page/4", "nonsense")
	if r.code != 1 || plain(r.out, web) != "01a2045b-a9ce-7e22-a89d-f7e640fa8c96  http://web/page/4\n" {
		t.Errorf("add twice: exit code %d, %q", r.code, r.out)
	}
	golden(t, "links_add_error.txt", plain(r.err, web))

	r = program(t, "", "links", "check", "--wait", "--json", web+"/page/4", web+"/missing")
	var statuses []string
	for decoder := json.NewDecoder(strings.NewReader(r.out)); ; {
		var l client.Link
		if err := decoder.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		statuses = append(statuses, string(l.Status))
	}
	if slices.Sort(statuses); r.code != 1 || !slices.Equal(statuses, []string{"invalid", "valid"}) {
		t.Errorf("check --wait: exit code %d, %v, error %q", r.code, statuses, r.err)
	}

	r = program(t, "", "links", "list")
	if r.code != 0 || r.err != "" {
		t.Errorf("list: exit code %d, error %q", r.code, r.err)
	}
	golden(t, "links_list.txt", plain(r.out, web))
	r = program(t, "", "links", "list", "--json", "--status=valid", "--tag=a", "--tag=b", "--query=page", "--limit=1")
	var l client.Link
	if err := json.Unmarshal([]byte(r.out), &l); err != nil || r.code != 0 || l.Title != "A page" || l.Status != check.Valid || l.URL != web+"/page" {
		t.Errorf("list --json: exit code %d, %s: %v", r.code, r.out, err)
	}
	if r = program(t, "", "links", "list", "--limit=2"); r.code != 0 || strings.Count(r.out, "\n") != 3 {
		t.Errorf("list --limit=2: exit code %d, %q", r.code, r.out)
	}
	if r = program(t, "", "links", "check", l.ID); r.code != 0 || r.out != l.ID+"  is to be checked: "+l.URL+"\n" {
		t.Errorf("check: exit code %d, %q, error %q", r.code, r.out, r.err)
	}

	r = program(t, web+"/page/4\n", "links", "rm", l.ID, web+"/page/7", "-")
	if r.code != 1 || r.out != "2 links moved to the trash, for 30 days.\n" || r.err != "link-manager: "+web+"/page/7: you have not saved this link\nlink-manager: 1 of 3 links could not be done\n" {
		t.Errorf("rm: exit code %d, %q, error %q", r.code, r.out, r.err)
	}
	if r = program(t, "", "links", "rm", "page"); r.code != 1 || !strings.Contains(r.err, "page: is neither the id of a link nor a URL, which has no scheme") {
		t.Errorf("rm of nonsense: exit code %d, error %q", r.code, r.err)
	}
	if r = program(t, "", "links", "rm", l.ID); r.code != 1 || r.out != "" || !strings.Contains(r.err, l.ID+": there is no such link") {
		t.Errorf("rm again: exit code %d, %q, error %q", r.code, r.out, r.err)
	}
	if r = program(t, "", "links", "rm", "--purge", l.ID, web+"/missing"); r.code != 0 || r.out != "2 links removed for good.\n" {
		t.Errorf("rm --purge: exit code %d, %q, error %q", r.code, r.out, r.err)
	}
	if r = program(t, "", "links", "rm", "--json", web+"/page/2"); r.code != 0 || !regexp.MustCompile(`^{"id":"[0-9a-f-]{36}","purged":false}\n$`).MatchString(r.out) {
		t.Errorf("rm --json: exit code %d, %q, error %q", r.code, r.out, r.err)
	}
}

// Nobody checks anything here, so there is nothing to hear of.
func TestWaitingForAChecksEndIsBounded(t *testing.T) {
	keeperOfUncheckedLinks(t)
	r := program(t, "", "links", "add", "--wait", "--timeout=10ms", "https://example.com/a", "https://example.com/b")
	if r.code != 1 || r.out != "" || r.err != "link-manager: after 10ms 2 links are not checked yet; link-manager links list shows what becomes of them\n" {
		t.Errorf("exit code %d, %q, error %q", r.code, r.out, r.err)
	}
}

func keeperOfUncheckedLinks(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("LISTEN", served(t, folder, func(c *serve.Config) { c.Auth, c.NoConnector = "none", true }))
}

func TestALinkThatIsDeletedIsNotWaitedFor(t *testing.T) {
	keeperOfUncheckedLinks(t)
	linkwell, err := client.New(client.Config{Server: os.Getenv("LISTEN")})
	if err != nil {
		t.Fatal(err)
	}
	defer linkwell.CloseIdleConnections()
	deleted := make(chan error, 1)
	go func() {
		deleted <- func() error {
			for e, err := range linkwell.StreamEvents(t.Context(), "0") {
				if err != nil {
					return err
				}
				if e.Kind == client.Added {
					return linkwell.DeleteLink(t.Context(), e.LinkID, client.Deletion{})
				}
			}
			return nil
		}()
	}()
	r := program(t, "", "links", "add", "--wait", "https://example.com/a")
	if r.code != 1 || !strings.Contains(r.err, "was deleted meanwhile\nlink-manager: 1 of 1 link could not be done\n") {
		t.Errorf("exit code %d, %q, error %q", r.code, r.out, r.err)
	}
	if err := <-deleted; err != nil {
		t.Error(err)
	}
}

func TestLinkCommandsEndWhenTheyAreTold(t *testing.T) {
	keeperOfUncheckedLinks(t)
	for _, arguments := range [][]string{{"links", "add", "-"}, {"links", "rm", "-"}, {"links", "add", "--wait", "https://example.com/a"}} {
		stdin, never := io.Pipe()
		ctx, interrupt := context.WithCancel(t.Context())
		code := make(chan int, 1)
		go func() { code <- run(ctx, arguments, stdin, io.Discard, io.Discard) }()
		interrupt()
		if got := <-code; got != interrupted {
			t.Errorf("%v: exit code %d", arguments, got)
		}
		_ = never.Close()
	}
}

// A token that is refused is refused for the next link too.
func TestWhatIsHopelessIsSaidOnce(t *testing.T) {
	keeper(t)
	if err := os.Unsetenv("TOKEN_FILE"); err != nil { // t.Setenv puts it back to what it was before the test
		t.Fatal(err)
	}
	for _, arguments := range [][]string{{"links", "add", "https://a.example", "https://b.example"}, {"links", "list"}, {"links", "rm", "https://a.example", "https://b.example"}} {
		r := program(t, "", arguments...)
		if r.code != 1 || r.out != "" || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, "this needs an account") {
			t.Errorf("%v: exit code %d, %q, error %q", arguments, r.code, r.out, r.err)
		}
	}
	t.Setenv("LISTEN", "127.0.0.1:1")
	if r := program(t, "", "links", "add", "--wait", "https://a.example"); r.code != 1 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, "start it, or say where it is with --server or LISTEN") {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
}

// Somebody else may have asked for the check that is out, and then nothing is heard of it; and what happened while there was no
// stream is not told either.
func TestALinkThatNothingIsHeardOfIsLookedAt(t *testing.T) {
	const (
		before = `{"id":"a","url":"https://example.com","status":"pending","checked_at":"2026-01-02T03:04:05Z"}`
		after  = `{"id":"a","url":"https://example.com","status":"valid","reason":"ok","explanation":"It is.","checked_at":"2026-01-02T03:04:06Z"}`
	)
	for name, test := range map[string]struct {
		event string
		every time.Duration
	}{
		"nothing is heard": {": hello\n\n", time.Millisecond},
		"read anew":        {"id: 7\nevent: reset\ndata: {}\n\n", time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			asked := make(chan struct{})
			var looked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/v1/events":
					w.Header().Set("Content-Type", "text/event-stream")
					_ = http.NewResponseController(w).Flush()
					<-asked
					_, _ = io.WriteString(w, test.event)
					_ = http.NewResponseController(w).Flush()
					<-r.Context().Done()
				case r.Method == http.MethodPost:
					defer close(asked)
					_, _ = io.WriteString(w, before)
				case looked.Add(1) == 1 && test.every < time.Second:
					_, _ = io.WriteString(w, before)
				default:
					_, _ = io.WriteString(w, after)
				}
			}))
			defer server.Close()
			c := linksCheckCommand{serverFlags: serverFlags{Server: server.URL}, Links: []string{"01a2045b-a9ce-7e22-a89d-f7e640fa8c96"}}
			c.waitFlags = waitFlags{Wait: true, Timeout: time.Minute, LookEvery: test.every}
			var out strings.Builder
			if err := c.Run(t.Context(), streams{strings.NewReader(""), &out, io.Discard}); err != nil {
				t.Fatal(err)
			}
			if out.String() != "valid    ok                   https://example.com\n    It is.\n" {
				t.Errorf("printed %q", out.String())
			}
		})
	}
}

// Whoever waits is told why.
func TestABusyLinkManagerIsWaitedFor(t *testing.T) {
	asked := 0
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"type":"urn:linkwell:problem:rate-limit","status":429,"detail":"too many"}`)
			return
		}
		_, _ = io.WriteString(w, `{"items":[],"next_cursor":null}`)
	}))
	defer busy.Close()
	r := program(t, "", "links", "list", "--server="+busy.URL)
	if r.code != 0 || r.out != "There are no links.\n" || r.err != "link-manager: too many; trying again in 1s\n" {
		t.Errorf("exit code %d, %q, error %q", r.code, r.out, r.err)
	}
}
