package probe_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestABrokenBodyIsNotedAndDecidesNothing(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		answer string
		broken bool
	}{
		"whole":                    {ok + "Content-Length: 4\r\n\r\npage", false},
		"ends with the connection": {ok + "\r\npage", false},
		"breaks off":               {ok + "Content-Length: 1000\r\n\r\nnine byte", true},
		"a bad chunk":              {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\npage\r\n0\r\n\r\n", true},
		"an unfinished chunk":      {ok + "Transfer-Encoding: chunked\r\n\r\n9\r\npage", true},
		"longer than it says":      {ok + "Content-Length: 1\r\n\r\npage", false},
		"bad gzip, unasked for":    {ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\npage", false},
		"a 404's":                  {"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot", true},
	} {
		t.Run(name, func(t *testing.T) {
			raw := probetest.NewRaw(t, probetest.Answer(c.answer))
			got := patient.Check(t.Context(), "http://"+raw.Address(), true)
			if want := strings.Contains(c.answer, "200 OK"); (got.Reason == check.OK) != want || got.Method != "GET" {
				t.Errorf("got %+v", got)
			}
			if broken := slices.Contains(got.Notes, check.BodyError); broken != c.broken {
				t.Errorf("noted %t, want %t", broken, c.broken)
			}
		})
	}
}

func TestABodyThatNeverEndsIsNotWaitedFor(t *testing.T) {
	for name, chunk := range map[string]string{"drips": "a", "pours": strings.Repeat("a", 64<<10), "stops": ""} {
		t.Run(name, func(t *testing.T) {
			site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					pour(w, r, chunk)
				}
			})
			got := brief.Check(t.Context(), site.URL, true)
			expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
			if len(got.Notes) != 0 {
				t.Errorf("notes %v: a slow body is not a broken one", got.Notes)
			}
		})
	}
}

// pour writes chunk again and again until the client has gone.
func pour(w http.ResponseWriter, r *http.Request, chunk string) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		_, _ = w.Write([]byte(chunk))
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

func TestARedirectsEndlessBodyDoesNotHoldUpTheNextHop(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
		if r.URL.Path == "/a" && r.Method == http.MethodGet {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	expect(t, patient.Check(t.Context(), site.URL+"/a", true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}
