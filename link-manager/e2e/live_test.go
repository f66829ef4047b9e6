//go:build !openfaas

package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

// events are what GET /v1/events tells, until the test ends.
func (l *linkwell) events() <-chan api.LinkEvent {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, l.API+"/v1/events", http.NoBody)
	if err != nil {
		l.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		l.t.Fatal(res.Status)
	}
	l.t.Cleanup(func() { _ = res.Body.Close() })
	events := make(chan api.LinkEvent, 100)
	go func() {
		defer close(events)
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var e api.LinkEvent
				if json.Unmarshal([]byte(data), &e) == nil {
					events <- e
				}
			}
		}
	}()
	return events
}

// turns waits until the events tell that a link was added, and then that it has this status.
func turns(t *testing.T, events <-chan api.LinkEvent, id string, status check.Status) {
	t.Helper()
	added := false
	for e := range events {
		switch {
		case e.LinkID != id:
		case e.Kind == "added":
			added = true
		case e.Kind == "checked" && e.Link != nil && e.Link.Status == status:
			if !added {
				t.Error("it is checked before it is added")
			}
			return
		}
	}
	t.Fatal("the events ended")
}

func TestAPersonWatchesALinkTurnAndTheirServerIsTold(t *testing.T) {
	w := startWeb(t)
	told := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message struct {
			Data struct {
				LinkID string `json:"link_id"`
				Status string
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			t.Error(err)
		}
		told <- message.Data.LinkID + " " + message.Data.Status
	}))
	t.Cleanup(hook.Close)
	l := start(t, config(t))
	l.call("POST", "/v1/webhooks", fmt.Sprintf(`{"url":%q}`, hook.URL), http.StatusCreated, nil)
	events := l.events()
	saved := l.save(w.URL + "/page")
	turns(t, events, saved.ID, check.Valid)
	if got := <-told; got != saved.ID+" valid" {
		t.Errorf("the server was told %q", got)
	}
	l.stop()
	if _, more := <-events; more {
		t.Error("something happened after the end")
	}
}

func TestWhatOneManagerDoesIsWatchedAtAnother(t *testing.T) {
	w := startWeb(t)
	p := &parts{t: t, databaseURL: postgrestest.URL(t), settings: []string{"CHECK_ALLOW=127.0.0.0/8"}}
	p.startBroker()
	p.startFunction()
	one, other := p.startManager(), p.startManager()
	p.startConnector()
	eventually(t, "both managers are there", func() bool { return one.where() != "" && other.where() != "" })
	at, from := &linkwell{t: t}, &linkwell{t: t}
	at.API, from.API = one.where(), other.where()
	events := at.events()
	turns(t, events, from.save(w.URL+"/page").ID, check.Valid)
}
