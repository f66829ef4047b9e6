package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/client"
)

const secret = "lw_abcd_0123456789abcdefghijklmnopqrstuvwxyz"

// script answers each request by the next of its steps, and the last step from then on.
type script struct {
	*client.Client
	server *httptest.Server
	mutex  sync.Mutex
	asked  []string
	keys   []string
	waited []time.Duration
	why    []error
}

func newScript(t *testing.T, patience time.Duration, steps ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mutex.Lock()
		step := steps[min(len(s.asked), len(steps)-1)]
		s.asked = append(s.asked, r.Method+" "+r.URL.Path+" "+string(body))
		s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
		s.mutex.Unlock()
		step(w, r)
	}))
	t.Cleanup(s.server.Close)
	s.Client = newClient(t, client.Config{Server: s.server.URL, Token: secret, Patience: patience, Waits: func(why error, wait time.Duration) {
		s.waited, s.why = append(s.waited, wait), append(s.why, why)
	}})
	return s
}

// requests are those that came until now, and their keys.
func (s *script) requests() (asked, keys []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.asked), slices.Clone(s.keys)
}

func problem(status int, kind, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"type":"urn:linkwell:problem:%s","title":"T","status":%d,"detail":"come again"}`, kind, status)
	}
}

func ok(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// breaksOff sends half of an answer, or none of it.
func breaksOff(half string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if half != "" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, half)
		}
		panic(http.ErrAbortHandler)
	}
}

func TestWhatMayBeSentTwiceIsTriedAgain(t *testing.T) {
	limited, busy := problem(429, "rate-limit", "7"), problem(503, "unavailable", "10")
	get := func(c *client.Client) error { _, err := c.GetLink(t.Context(), "x"); return err }
	add := func(c *client.Client) error { _, err := c.AddLink(t.Context(), client.Draft{URL: "u"}); return err }
	drop := func(c *client.Client) error { return c.DeleteLink(t.Context(), "x", client.Deletion{}) }
	change := func(c *client.Client) error { _, err := c.ChangeLink(t.Context(), "x", client.Change{}); return err }
	redrive := func(c *client.Client) error { _, err := c.RedriveDeadLetter(t.Context(), 7); return err }
	half := 500 * time.Millisecond
	for name, test := range map[string]struct {
		ask      func(*client.Client) error
		patience time.Duration
		steps    []http.HandlerFunc
		asked    int
		waited   []time.Duration
		kind     client.Kind
		fails    bool
	}{
		"too many requests":                   {get, 0, []http.HandlerFunc{limited, ok("{}")}, 2, []time.Duration{7 * time.Second}, "", false},
		"twice, and then it goes":             {drop, 0, []http.HandlerFunc{limited, busy, ok("")}, 3, []time.Duration{7 * time.Second, 10 * time.Second}, "", false},
		"a POST with a key":                   {add, 0, []http.HandlerFunc{busy, ok("{}")}, 2, []time.Duration{10 * time.Second}, "", false},
		"a POST whose answer is lost":         {add, 0, []http.HandlerFunc{breaksOff(""), ok("{}")}, 2, []time.Duration{half}, "", false},
		"an answer that breaks off":           {get, 0, []http.HandlerFunc{breaksOff(`{"id":`), ok("{}")}, 2, []time.Duration{half}, "", false},
		"the same is still being done":        {add, 0, []http.HandlerFunc{breaksOff(""), problem(409, "key-busy", ""), ok("{}")}, 3, []time.Duration{half, 2 * half}, "", false},
		"a proxy without anything behind it":  {get, 0, []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, ok("{}")}, 2, []time.Duration{half}, "", false},
		"deleted, and nobody heard of it":     {drop, 0, []http.HandlerFunc{breaksOff(""), problem(404, "not-found", "")}, 2, []time.Duration{half}, "", false},
		"nothing to delete":                   {drop, 0, []http.HandlerFunc{busy, problem(404, "not-found", "")}, 2, []time.Duration{10 * time.Second}, client.NotFound, true},
		"it never ends":                       {get, 0, []http.HandlerFunc{busy}, 5, []time.Duration{10 * time.Second, 10 * time.Second, 10 * time.Second, 10 * time.Second}, "unavailable", true},
		"longer than we are patient":          {get, 15 * time.Second, []http.HandlerFunc{busy}, 2, []time.Duration{10 * time.Second}, "unavailable", true},
		"without patience":                    {get, -1, []http.HandlerFunc{limited}, 1, nil, client.RateLimited, true},
		"a wait that nobody lives through":    {get, 0, []http.HandlerFunc{problem(503, "busy", "99999999999999999999")}, 5, []time.Duration{half, 2 * half, 4 * half, 8 * half}, "busy", true},
		"a day":                               {get, 0, []http.HandlerFunc{problem(503, "busy", "4294967295")}, 1, nil, "busy", true},
		"a PATCH":                             {change, 0, []http.HandlerFunc{limited}, 1, nil, client.RateLimited, true},
		"a PATCH whose answer is lost":        {change, 0, []http.HandlerFunc{breaksOff("")}, 1, nil, "", true},
		"a POST without a key":                {redrive, 0, []http.HandlerFunc{busy}, 1, nil, "unavailable", true},
		"a refusal":                           {add, 0, []http.HandlerFunc{problem(409, "duplicate", "")}, 1, nil, client.Duplicate, true},
		"an answer that is none of a manager": {get, 0, []http.HandlerFunc{ok("<html>")}, 1, nil, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, test.patience, test.steps...)
			err := test.ask(s.Client)
			if (err != nil) != test.fails || client.KindOf(err) != test.kind {
				t.Errorf("err is %v", err)
			}
			asked, keys := s.requests()
			if len(asked) != test.asked {
				t.Errorf("asked %v", asked)
			}
			if diff := cmp.Diff(test.waited, s.waited); diff != "" {
				t.Error(diff)
			}
			for _, why := range s.why {
				if why == nil {
					t.Error("a wait without a reason")
				}
			}
			if len(slices.Compact(asked)) > 1 || len(slices.Compact(keys)) > 1 {
				t.Errorf("what was sent differs: %v, keys %v", asked, keys)
			}
		})
	}
}

func TestEachPOSTHasAKeyOfItsOwn(t *testing.T) {
	s := newScript(t, -1, ok("{}"))
	for range 2 {
		if _, err := s.CheckLink(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, keys := s.requests(); keys[0] == keys[1] || len(keys[0]) < 20 {
		t.Errorf("keys are %v", keys)
	}
}

// The answer that was lost is the answer that comes the second time.
func TestALinkWhoseAnswerWasLostIsSavedOnce(t *testing.T) {
	r := newRig(t)
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		recorder := httptest.NewRecorder()
		r.server.Config.Handler.ServeHTTP(recorder, req)
		if asked.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}))
	defer proxy.Close()
	c := newClient(t, client.Config{Server: proxy.URL, Token: r.token})
	saved, err := c.AddLink(t.Context(), client.Draft{URL: "https://example.com/a"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.GetLink(t.Context(), saved.ID); err != nil || got.ETag != saved.ETag {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	s := newScript(t, 0, problem(503, "busy", "10"))
	ctx, cancel := context.WithCancel(t.Context())
	s.SetSleep(func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() })
	if _, err := s.GetLink(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("err is %v", err)
	}
	if _, err := s.GetLink(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("err is %v", err)
	}
	if asked, _ := s.requests(); len(asked) != 1 {
		t.Errorf("asked %v", asked)
	}
}

func TestNobodyThereIsSaidAtOnce(t *testing.T) {
	s := newScript(t, 0, ok("{}"))
	s.server.Close()
	_, err := s.GetLink(t.Context(), "x")
	var unreachable *client.UnreachableError
	var dial *net.OpError
	if !errors.As(err, &unreachable) || !errors.As(err, &dial) || unreachable.Server != s.server.URL || len(s.waited) != 0 || !strings.HasPrefix(err.Error(), "no link manager answers at "+s.server.URL+": ") {
		t.Errorf("err is %v, after %v", err, s.waited)
	}
}

// What cannot be connected to in the way it should be was not asked, and is not asked again.
func TestACertificateThatIsNotBelievedIsSaidAtOnce(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.StartTLS()
	defer server.Close()
	waited := 0
	c := newClient(t, client.Config{Server: server.URL, Waits: func(error, time.Duration) { waited++ }})
	_, err := c.AddLink(t.Context(), client.Draft{URL: "u"})
	var unreachable *client.UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "certificate") || waited > 0 {
		t.Errorf("err is %v, after %d waits", err, waited)
	}
}

// hanging sends each request, and waits for an answer that never comes.
type hanging struct{ asked int }

func (h *hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked++
	httptrace.ContextClientTrace(r.Context()).WroteHeaders()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAnAnswerThatTakesTooLongIsLost(t *testing.T) {
	transport := &hanging{}
	c := newClient(t, client.Config{Server: "http://localhost", Transport: transport})
	c.SetAnswerTimeout(time.Millisecond)
	if _, err := c.GetLink(t.Context(), "x"); !errors.Is(err, context.DeadlineExceeded) || transport.asked != 5 {
		t.Errorf("err is %v, asked %d times", err, transport.asked)
	}
	if _, err := c.ChangeLink(t.Context(), "x", client.Change{}); !errors.Is(err, context.DeadlineExceeded) || transport.asked != 6 {
		t.Errorf("err is %v, asked %d times", err, transport.asked)
	}
}
