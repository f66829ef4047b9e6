// Package e2e_test tells whole stories: a person saves a link and some moments later knows whether it works. Everything in
// them is real but the web they lead to.
package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func TestMain(m *testing.M) {
	// The connector-sdk writes a line for each call.
	log.SetOutput(io.Discard)
	code := postgrestest.Main(m)
	var err error
	for _, end := range slices.Backward(atTheEnd.ends) {
		err = errors.Join(err, end())
	}
	http.DefaultClient.CloseIdleConnections()
	if code == 0 {
		err = errors.Join(err, goleak.Find())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// atTheEnd is what ends after all tests: what was started once for them, in the opposite order.
var atTheEnd struct {
	sync.Mutex
	ends []func() error
}

func endAfterAll(end func() error) {
	atTheEnd.Lock()
	defer atTheEnd.Unlock()
	atTheEnd.ends = append(atTheEnd.ends, end)
}

// patience is how long something that must happen is waited for before the test gives up; nothing is measured by it.
const patience = 60 * time.Second

// linkwell is a Linkwell as a person sees it: its API.
type linkwell struct {
	t *testing.T
	serve.Addresses
	stop func()
}

// config is a whole Linkwell in this process, on ports of its own, that may check local servers.
func config(t *testing.T) *serve.Config {
	return &serve.Config{
		DataDir: t.TempDir(), Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", GatewayListen: "127.0.0.1:0",
		Connector: serve.Connector{Concurrency: 64, Streams: []string{"LINK_REQUESTS"}},
		Checks:    serve.Checks{CheckAllow: hostAddress(t) + "/32"},
		Logger:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// start runs a Linkwell until the test ends or stop is called; stop fails the test if it does not end cleanly.
func start(t *testing.T, c *serve.Config) *linkwell {
	t.Helper()
	moveOut(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan serve.Addresses, 1), make(chan error, 1)
	c.Ready = func(at serve.Addresses) { ready <- at }
	go func() { ended <- serve.Run(ctx, *c) }()
	l := &linkwell{t: t, stop: sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})}
	select {
	case l.Addresses = <-ready:
	case err := <-ended:
		cancel()
		t.Fatalf("it does not start: %v", err)
	}
	t.Cleanup(l.stop)
	return l
}

// call makes a request of the API and reads the answer into v if it has the wanted status.
func (l *linkwell) call(method, path, body string, want int, v any) {
	l.t.Helper()
	if err := l.try(method, path, body, want, v); err != nil {
		l.t.Fatal(err)
	}
}

func (l *linkwell) try(method, path, body string, want int, v any) error {
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.API+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s %s is answered %d %s, want %d", method, path, res.StatusCode, answer, want)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(answer, v)
}

// save saves a link.
func (l *linkwell) save(url string) api.Link {
	l.t.Helper()
	var saved api.Link
	l.call("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, url), http.StatusCreated, &saved)
	return saved
}

// get reads a link again.
func (l *linkwell) get(id string) api.Link {
	l.t.Helper()
	var got api.Link
	l.call("GET", "/v1/links/"+id, "", http.StatusOK, &got)
	return got
}

// settled waits until the link was checked, and returns it.
func (l *linkwell) settled(id string) api.Link {
	l.t.Helper()
	var got api.Link
	eventually(l.t, "the link is checked", func() bool {
		got = l.get(id)
		return got.CheckedAt != nil
	})
	return got
}

// all reads every link there is.
func (l *linkwell) all() []api.Link {
	l.t.Helper()
	var links []api.Link
	for cursor := ""; ; {
		var page struct {
			Items      []api.Link `json:"items"`
			NextCursor *string    `json:"next_cursor"`
		}
		l.call("GET", "/v1/links?limit=200"+cursor, "", http.StatusOK, &page)
		links = append(links, page.Items...)
		if page.NextCursor == nil {
			return links
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

// allSettled waits until every link was checked, and returns them.
func (l *linkwell) allSettled() []api.Link {
	l.t.Helper()
	var links []api.Link
	eventually(l.t, "every link is checked", func() bool {
		links = l.all()
		for _, link := range links {
			if link.CheckedAt == nil {
				return false
			}
		}
		return true
	})
	return links
}

// eventually waits until what holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	eventuallyForEach(t, 0, what, holds)
}

// eventuallyForEach is eventually with some more patience for each of n links.
func eventuallyForEach(t *testing.T, n int, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience + settlingPatience*time.Duration(n))
	for {
		began := time.Now()
		if holds() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		// To look may be to read every link there is: most of the time is left to who has to do something.
		time.Sleep(min(max(10*time.Millisecond, 4*time.Since(began)), time.Second))
	}
}

// clock is a clock that the test can put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }
