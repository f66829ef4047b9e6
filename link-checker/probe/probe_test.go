package probe_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// patient never reaches its deadline in a test that passes; brief reaches it on purpose.
var (
	patient = &probe.Prober{Timeout: 30 * time.Second, Allow: probetest.Loopback}
	brief   = &probe.Prober{Timeout: 400 * time.Millisecond, Allow: probetest.Loopback}
)

// answer is what a test says about a Result.
type answer struct {
	Status     check.Status
	Reason     check.Reason
	HTTPStatus int
	Method     string
}

func answered(r check.Result) answer { return answer{r.Status, r.Reason, r.HTTPStatus, r.Method} }

func expect(t *testing.T, got check.Result, want answer) {
	t.Helper()
	if want.Status == "" {
		want.Status = want.Reason.Status()
	}
	if diff := cmp.Diff(want, answered(got)); diff != "" {
		t.Errorf("answer (-want +got):\n%s%+v", diff, got)
	}
}

func respond(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestAResultSaysEverythingItPromises(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "/b", http.StatusMovedPermanently)
		case "/b":
			http.Redirect(w, r, "/c#part", http.StatusFound)
		}
	})
	at := time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("elsewhere", 3600))
	prober := &probe.Prober{Allow: probetest.Loopback, Now: func() time.Time { return at }}
	want := check.Result{
		URL: site.URL + "/a", Status: check.Valid, Reason: check.OK, HTTPStatus: 200, Method: "HEAD",
		FinalURL:  site.URL + "/c#part",
		Redirects: []check.Redirect{{URL: site.URL + "/a", HTTPStatus: 301}, {URL: site.URL + "/b", HTTPStatus: 302}},
		MovedTo:   site.URL + "/b",
		Notes:     []check.Note{check.MovedPermanently},
		CheckedAt: at.UTC(),
	}
	got := prober.Check(t.Context(), site.URL+"/a", false)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if got.CheckedAt.Location() != time.UTC {
		t.Errorf("checked_at is in %v, want UTC", got.CheckedAt.Location())
	}
}

func TestDurationIsTheWholeCheckByTheProbersClock(t *testing.T) {
	times := []time.Time{time.Unix(100, 0), time.Unix(107, 0)}
	prober := &probe.Prober{Now: func() time.Time {
		now := times[0]
		times = times[1:]
		return now
	}}
	if got := prober.Check(t.Context(), "no url", false); got.DurationMS != 7000 || !got.CheckedAt.Equal(time.Unix(107, 0)) {
		t.Errorf("took %d ms until %v, want 7000 ms until %v", got.DurationMS, got.CheckedAt, time.Unix(107, 0))
	}
}

func TestWhatIsNoWebAddressIsAnsweredWithoutNetwork(t *testing.T) {
	offline := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		t.Error("the resolver was asked")
		return nil, errors.New("no network")
	}}
	prober := &probe.Prober{Resolver: offline}
	for raw, want := range map[string]check.Reason{
		"":                            check.BadURL,
		"example.com":                 check.BadURL,
		"http://":                     check.BadURL,
		"http:///x":                   check.BadURL,
		"http://ex ample.com/":        check.BadURL,
		"http://example.com:70000/":   check.BadURL,
		"http://example.com:0/":       check.BadURL,
		"http://gigi:pw@example.com/": check.BadURL,
		"http://\u00ad/":              check.BadURL,
		"http://\u2100.com/":          check.BadURL,
		"mailto:gigi@example.com":     check.UnsupportedScheme,
		"ftp://example.com/":          check.UnsupportedScheme,
		"javascript:alert(1)":         check.UnsupportedScheme,
		"http://example.com/" + strings.Repeat("a", check.MaxURLBytes): check.BadURL,
	} {
		got := prober.Check(t.Context(), raw, true)
		got.CheckedAt, got.DurationMS = time.Time{}, 0
		if diff := cmp.Diff(check.Result{URL: raw, Status: check.Invalid, Reason: want}, got); diff != "" {
			t.Errorf("%.40q (-want +got):\n%s", raw, diff)
		}
	}
}

func TestTheZeroProberChecksNothingThatIsNotPublic(t *testing.T) {
	site := probetest.NewSite(t, respond(200))
	var prober probe.Prober
	expect(t, prober.Check(t.Context(), site.URL, true), answer{Reason: check.BlockedAddress, Method: "HEAD"})
	if n := site.Connections(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestACallerWhoLeavesGetsInternal(t *testing.T) {
	ctx, leave := context.WithCancelCause(t.Context())
	site := probetest.NewSite(t, func(_ http.ResponseWriter, r *http.Request) {
		leave(errors.New("the caller's own reason"))
		<-r.Context().Done()
	})
	expect(t, patient.Check(ctx, site.URL, true), answer{Reason: check.Internal, Method: "HEAD"})
	if asked := site.Asked(); len(asked) != 1 {
		t.Errorf("asked %v after the caller left", asked)
	}
	expect(t, patient.Check(ctx, site.URL, true), answer{Reason: check.Internal})
}

func TestTheCallersDeadlineIsATimeout(t *testing.T) {
	site := probetest.NewSite(t, hang)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("the caller's own reason"))
	defer cancel()
	expect(t, patient.Check(ctx, site.URL, false), answer{Reason: check.TimeoutHeaders, Method: "GET"})
}

func TestManyChecksAtOnceShareAProber(t *testing.T) {
	site := probetest.NewSite(t, respond(200))
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			if got := patient.Check(t.Context(), site.URL, true); got.Reason != check.OK {
				t.Errorf("got %+v", got)
			}
		})
	}
	running.Wait()
}

func TestNoConnectionOutlivesItsCheck(t *testing.T) {
	closed := make(chan struct{}, 1)
	raw := probetest.NewRaw(t, func(conn net.Conn) {
		probetest.Dialogue(func(*http.Request) string { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" })(conn)
		closed <- struct{}{} // reading the next request failed
	})
	expect(t, patient.Check(t.Context(), "http://"+raw.Address(), true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}

func TestNothingRunsOnAfterItsCheck(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"silent.example": {Silent: true}})
	mute := probetest.NewRaw(t, func(net.Conn) { <-t.Context().Done() })
	hole := probetest.NewBlackhole(t)
	prober := *patient
	prober.Resolver = names.Resolver()
	for _, url := range []string{"http://silent.example/", "http://" + mute.Address(), "https://" + mute.Address(), "http://" + hole} {
		before := goleak.IgnoreCurrent()
		atDeadline, cancel := context.WithTimeout(t.Context(), brief.Timeout)
		prober.Check(atDeadline, url, true)
		cancel()
		atWill, leave := context.WithCancel(t.Context())
		time.AfterFunc(brief.Timeout/8, leave)
		prober.Check(atWill, url, true)
		servers := goleak.IgnoreAnyFunction("github.com/linkwell/linkwell/link-checker/probe/probetest.(*Raw).accept.func1")
		if err := goleak.Find(before, servers); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}
