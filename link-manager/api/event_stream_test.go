package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
)

// listener is a client of the stream.
type listener struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
	close  func()
}

// serve answers over a real connection, with the timeouts of a server that is not made for streams.
func (r *rig) serve() *httptest.Server {
	server := httptest.NewUnstartedServer(r.bare)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	r.t.Cleanup(server.Close)
	return server
}

func listen(t *testing.T, server *httptest.Server, lastEventID string, headers ...string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{t: t, answer: res, lines: bufio.NewScanner(res.Body), close: func() { cancel(); _ = res.Body.Close() }}
	t.Cleanup(l.close)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("answer is %s, %v", res.Status, res.Header)
	}
	return l
}

// next is the next event; all are empty when the stream has ended.
func (l *listener) next() (id, name string, data api.LinkEvent) {
	l.t.Helper()
	for l.lines.Scan() {
		field, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &data); err != nil {
				l.t.Fatalf("%s: %v", value, err)
			}
		case "":
			if name != "" {
				return id, name, data
			}
		}
	}
	return id, name, data
}

// is expects the next event to be one of a link.
func (l *listener) is(kind, linkID string) (id string, data api.LinkEvent) {
	l.t.Helper()
	id, name, data := l.next()
	if name != "link" || string(data.Kind) != kind || data.LinkID != linkID {
		l.t.Fatalf("event is %q %q %+v, want link, %s, %s", id, name, data, kind, linkID)
	}
	return id, data
}

func TestWhatHappensToLinksIsStreamed(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	before := r.add(`{"url":"https://example.com/before"}`)
	l := listen(t, server, "")
	time.Sleep(100 * time.Millisecond) // longer than the server's own timeouts

	saved := r.add(`{"url":"https://example.com/page","title":"<b>"}`)
	_, data := l.is("added", saved.ID)
	if diff := cmp.Diff(&saved, data.Link); diff != "" || data.At.IsZero() || data.PreviousStatus != nil {
		t.Errorf("event is %+v: %s", data, diff)
	}
	r.answer(check.NotFound, 404)
	for range 2 { // both were waiting
		_, _, data = l.next()
		if data.Kind != "checked" || *data.PreviousStatus != "pending" || data.Link.Status != check.Invalid {
			t.Errorf("event is %+v", data)
		}
	}
	r.clock = r.clock.Add(time.Minute)
	r.do("PATCH", "/v1/links/"+saved.ID, `{"title":"c"}`).is(http.StatusOK, nil)
	if _, data = l.is("edited", saved.ID); data.Link.Title != "c" {
		t.Errorf("event is %+v", data)
	}
	r.do("DELETE", "/v1/links/"+before.ID, "").is(http.StatusNoContent, nil)
	if _, data = l.is("deleted", before.ID); data.Link != nil {
		t.Errorf("event is %+v", data)
	}
}

func TestWhoComesAgainGoesOnWhereTheyWere(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	l := listen(t, server, "")
	first := r.add(`{"url":"https://example.com/1"}`)
	id, _ := l.is("added", first.ID)
	l.close()
	second, third := r.add(`{"url":"https://example.com/2"}`), r.add(`{"url":"https://example.com/3"}`)

	l = listen(t, server, id)
	l.is("added", second.ID)
	l.is("added", third.ID)
}

func TestWhoHeardNothingYetCanGoOnToo(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	r.add(`{"url":"https://example.com/1"}`)
	l := listen(t, server, "")
	if !l.lines.Scan() || !strings.HasPrefix(l.lines.Text(), "id: ") {
		t.Fatalf("the stream begins with %q", l.lines.Text())
	}
	begin := strings.TrimPrefix(l.lines.Text(), "id: ")
	l.close()
	second := r.add(`{"url":"https://example.com/2"}`)
	listen(t, server, begin).is("added", second.ID)
}

func TestWhoCannotGoOnIsToldToReadAnew(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	r.add(`{"url":"https://example.com/1"}`)
	for _, lastEventID := range []string{"99", "-7", "nonsense"} {
		l := listen(t, server, lastEventID)
		id, name, _ := l.next()
		if id != "1" || name != "reset" {
			t.Errorf("after %q the event is %q %q", lastEventID, id, name)
		}
		l.close()
	}
	l := listen(t, server, "0")
	for i := range 501 {
		if _, err := r.store.Add(t.Context(), "local", link.Draft{URL: fmt.Sprint("https://example.net/", i)}); err != nil {
			t.Fatal(err)
		}
	}
	l.close()
	l = listen(t, server, "1")
	if id, name, _ := l.next(); id != "502" || name != "reset" {
		t.Errorf("after too much the event is %q %q", id, name)
	}
	saved := r.add(`{"url":"https://example.com/2"}`)
	l.is("added", saved.ID)
}

func TestNobodyHearsOfSomebodyElsesLinks(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	l := listen(t, server, "")
	if _, err := r.store.Add(t.Context(), "somebody", link.Draft{URL: "https://example.com/page"}); err != nil {
		t.Fatal(err)
	}
	mine := r.add(`{"url":"https://example.com/page"}`)
	l.is("added", mine.ID)
	r.answer(check.OK, 200)
	l.is("checked", mine.ID)
}

func TestStreamsEndWhenTheProcessDoes(t *testing.T) {
	stopping := make(chan struct{})
	r := newRig(t, func(c *api.Config) { c.Stopping = stopping })
	l := listen(t, r.serve(), "")
	close(stopping)
	if _, name, _ := l.next(); name != "" {
		t.Errorf("event is %q", name)
	}
}

func TestOneOwnerCannotOpenStreamsWithoutEnd(t *testing.T) {
	r := newRig(t)
	server := r.serve()
	var open []*listener
	for range 20 {
		open = append(open, listen(t, server, ""))
	}
	r.do("GET", "/v1/events", "").problem(http.StatusTooManyRequests, "20 streams")
	open[0].close()
	deadline := time.Now().Add(30 * time.Second)
	for {
		res, err := server.Client().Get(server.URL + "/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("never open again")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAStreamEndsForWhoMayNotReadAnyMore(t *testing.T) {
	for name, end := range map[string]func(w *world, token string){
		"a token that is revoked": func(w *world, token string) {
			id := strings.Split(token, "_")[1]
			if err := w.accounts.RevokeToken(t.Context(), w.ann.ID, id); err != nil {
				t.Fatal(err)
			}
		},
		"a token that expires":     func(w *world, _ string) { w.clock = w.clock.Add(time.Hour) },
		"a user who is disabled":   func(w *world, _ string) { w.disable(w.ann, true) },
		"somebody who stays as is": func(*world, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *api.Config) { c.Stopping = nil })
			_, token := w.createToken(w.ann, w.clock.Add(time.Hour), "listens", account.Read)
			l := listen(t, w.serve(), "", "Authorization", "Bearer "+token)
			end(w, token)
			if _, err := w.store.Add(t.Context(), w.ann.ID, link.Draft{URL: "https://example.com/later"}); err != nil {
				t.Fatal(err)
			}
			if _, event, _ := l.next(); (event == "link") != (name == "somebody who stays as is") {
				t.Errorf("event is %q", event)
			}
		})
	}
}
