package sight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

func allowing(t *testing.T, networks string) []netip.Prefix {
	t.Helper()
	allow, err := probe.ParseAllow(networks)
	if err != nil {
		t.Fatal(err)
	}
	return allow
}

// rig is a Sight over a real store, in a time that the test moves.
type rig struct {
	*Sight
	t     *testing.T
	store *store.Store

	moving sync.Mutex
	now    time.Time
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: start}
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	r.store = opened
	r.Sight = r.another()
	return r
}

// another is the Sight of another process on the same store.
func (r *rig) another() *Sight {
	r.t.Helper()
	s := New(Config{Store: r.store, Hold: 25 * time.Second, Now: r.clock, Logger: slog.New(slog.NewTextHandler(r.t.Output(), nil))})
	if err := s.Resume(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) clock() time.Time {
	r.moving.Lock()
	defer r.moving.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.moving.Lock()
	defer r.moving.Unlock()
	r.now = r.now.Add(d)
}

// ticked is what Run does at its interval.
func (r *rig) ticked(s *Sight) {
	r.t.Helper()
	if err := s.tick(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// save saves links to n hosts.
func (r *rig) save(n int) {
	r.t.Helper()
	for i := range n {
		if _, err := r.store.Add(r.t.Context(), "ann", link.Draft{URL: fmt.Sprintf("https://host%d.example/", i)}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// answer has all that is due answered with one of the reasons, in turn, and returns how many that were.
func (r *rig) answer(reasons ...check.Reason) (n int) {
	r.t.Helper()
	for _, lane := range []store.Lane{store.LaneAdded, store.LaneDue} {
		claimed, err := r.store.Claim(r.t.Context(), store.ClaimRequest{Lane: lane, Limit: 1000, Lease: time.Minute})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, claim := range claimed.Claims {
			c := event.Checked{CheckID: claim.CheckID, Result: check.Result{URL: claim.URL}}
			c.Decide(reasons[n%len(reasons)])
			if outcome, err := r.store.Apply(r.t.Context(), c, r.Blind); err != nil || outcome != store.Applied {
				r.t.Fatalf("%s, %v", outcome, err)
			}
			n++
		}
	}
	return n
}

// count counts links by what holds of them.
func (r *rig) count(holds func(link.Link) bool) (n int) {
	r.t.Helper()
	links, err := r.store.List(r.t.Context(), "ann", store.Filter{Limit: 200})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, l := range links {
		if holds(l) {
			n++
		}
	}
	return n
}

func is(s check.Status) func(link.Link) bool { return func(l link.Link) bool { return l.Status == s } }
func failing(l link.Link) bool               { return !l.FailingSince.IsZero() }
func badlyAnswered(l link.Link) bool         { return l.Last.Status != check.Valid }

func TestAnOutageOfOursKillsNoLinkForLong(t *testing.T) {
	for name, reasons := range map[string][]check.Reason{
		"nothing can be connected to":        {check.Refused, check.TimeoutConnect, check.UnreachableNet},
		"every name leads to a login page":   {check.BlockedAddress},
		"both, and a name server that fails": {check.Refused, check.BlockedAddress, check.DNSTemporary},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			const hosts = 60
			r.save(hosts)
			r.answer(check.OK)
			r.pass(30 * time.Hour)
			if n := r.answer(reasons...); n != hosts {
				t.Fatalf("%d were due", n)
			}
			invalid := r.count(is(check.Invalid))
			flipped := max(r.count(failing), invalid)
			if !r.State().Blind() || flipped == 0 || flipped > 30 || len(reasons) < 3 && flipped > 19 {
				t.Errorf("blind %v after %d flipped", r.State(), flipped)
			}
			t.Logf("%d flipped, %d of them invalid, before: %s", flipped, invalid, r.State())
			r.ticked(r.Sight)

			// It lasts for days, in which whatever is due is looked at; never more links turn.
			for _, rest := range []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour} {
				r.pass(rest)
				r.ticked(r.Sight)
				r.answer(reasons...)
				if n := r.count(is(check.Invalid)); n > invalid || !r.State().Blind() {
					t.Errorf("%d are invalid: %v", n, r.State())
				}
			}

			// The network is back. Those that are tried tell so; then all the others are looked at within minutes.
			back := r.clock()
			for r.State().Blind() {
				r.pass(time.Minute)
				r.ticked(r.Sight)
				r.answer(check.OK)
				if r.clock().Sub(back) > tryAgain+store.LookAgainWithin+2*time.Minute {
					t.Fatal("it does not end")
				}
			}
			t.Logf("it ended %v after the network was back, with %d still badly answered", r.clock().Sub(back), r.count(badlyAnswered))
			r.ticked(r.Sight)
			r.pass(store.LookAgainWithin)
			r.answer(check.OK)
			if n := r.count(is(check.Valid)); n != hosts || r.count(failing) != 0 || r.count(badlyAnswered) != 0 {
				t.Errorf("%d are valid, %d failing, %d badly answered", n, r.count(failing), r.count(badlyAnswered))
			}
			if left, err := r.store.Blindness(t.Context()); err != nil || len(left) != 0 {
				t.Errorf("it is not forgotten: %v, %v", left, err)
			}
		})
	}
}

func TestWhatTellsUsSomething(t *testing.T) {
	well := link.Standing{Status: check.Valid, Reason: check.OK, Last: link.Answer{CheckedAt: start}}
	fails := well
	fails.FailingSince = start
	dead := link.Standing{Status: check.Invalid, Reason: check.Gone, Last: link.Answer{CheckedAt: start}, FailingSince: start}
	for name, test := range map[string]struct {
		known         link.Standing
		reason        check.Reason
		failed, tells bool
	}{
		"the first answer of a new link":          {link.Standing{Status: check.Pending}, check.Refused, false, false},
		"the first answer, a good one":            {link.Standing{Status: check.Pending}, check.OK, false, false},
		"a good answer":                           {well, check.OK, false, true},
		"a good answer, with restrictions":        {well, check.OKRestricted, false, true},
		"a good answer after bad ones":            {fails, check.OK, false, true},
		"a dead link is back":                     {dead, check.OK, false, true},
		"a link that was well fails":              {well, check.Refused, true, true},
		"a link that was well leads inside":       {well, check.BlockedAddress, true, true},
		"a link that was well is not found":       {well, check.NotFound, true, true},
		"a link fails again":                      {fails, check.Refused, false, false},
		"a dead link is still dead":               {dead, check.Refused, false, false},
		"the server turns us away":                {well, check.Forbidden, false, false},
		"the server has had enough":               {well, check.RateLimited, false, false},
		"our name server is away":                 {well, check.DNSTemporary, false, false},
		"we are broken":                           {well, check.Internal, false, false},
		"a reason that only a newer function has": {well, "of a newer function", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			failed, tells := tells(store.Incoming{Known: test.known, Reason: test.reason})
			if failed != test.failed || tells != test.tells {
				t.Errorf("failed %v, tells %v", failed, tells)
			}
		})
	}
}

func TestAListOfDeadLinksDoesNotBlindUs(t *testing.T) {
	r := newRig(t)
	r.save(100)
	r.answer(check.DNSNotFound)
	if state := r.State(); state.Blind() || r.count(is(check.Invalid)) != 100 {
		t.Errorf("%v, and %d are invalid", state, r.count(is(check.Invalid)))
	}
}

func TestWhatOneNoticesHoldsForAll(t *testing.T) {
	r := newRig(t)
	other := r.another()
	r.blind(30)
	want := r.State()
	if other.State().Blind() {
		t.Error("the other knows without being told")
	}
	r.ticked(r.Sight)
	r.ticked(other)
	if got := other.State(); got != want || !other.BlindBy(ByFlips) || other.BlindBy(ByCanaries) {
		t.Errorf("the other is %v, want %v", got, want)
	}
	if !other.Blind(store.Incoming{Reason: check.Gone}) {
		t.Error("the other trusts what it sees")
	}

	// The one ends before it could say that all is well: what it said lasts a little, and then the other cleans up.
	r.pass(time.Minute)
	r.ticked(other)
	if left, err := r.store.Blindness(t.Context()); other.State().Blind() || err != nil || len(left) != 0 {
		t.Errorf("the other is %v, left are %v, %v", other.State(), left, err)
	}
}

// blind has n hosts fail.
func (r *rig) blind(n int) {
	r.t.Helper()
	r.hear(n, check.Refused)
	if !r.State().Blind() {
		r.t.Fatal("it sees")
	}
}

// hear has n hosts that were well answer with this reason.
func (r *rig) hear(n int, reason check.Reason) {
	for i := range n {
		r.Blind(store.Incoming{Host: fmt.Sprint(i), Known: link.Standing{Status: check.Valid, Last: link.Answer{CheckedAt: start}}, Reason: reason})
	}
}

func TestBlindnessOutlivesTheProcess(t *testing.T) {
	r := newRig(t)
	r.blind(30)
	want := r.State()
	r.ticked(r.Sight)
	r.pass(time.Hour) // in which nothing runs
	next := r.another()
	if got := next.State(); got != want {
		t.Errorf("the next process is %v, want %v", got, want)
	}
	r.ticked(next)
	if got := next.State(); got != want {
		t.Errorf("then it is %v, want %v", got, want)
	}
	for i := range hostsToEnd {
		next.Blind(store.Incoming{Host: fmt.Sprint(i), Known: link.Standing{Status: check.Valid, Last: link.Answer{CheckedAt: start}}, Reason: check.OK})
	}
	if !next.State().Blind() {
		t.Error("an answer that was asked for before would count")
	}
	r.pass(next.Hold + 2*next.Interval)
	if next.State().Blind() {
		t.Errorf("it is still %v", next.State())
	}
}

func TestTheNextProcessLooksForTheEnd(t *testing.T) {
	r := newRig(t)
	r.save(30)
	r.answer(check.OK)
	r.pass(30 * time.Hour)
	r.answer(check.Refused)
	for range 4 { // so that all rest for a day or more
		r.ticked(r.Sight)
		r.pass(tryAgain + store.LookAgainWithin)
		r.answer(check.Refused)
	}
	r.Sight = r.another()
	r.ticked(r.Sight)
	r.pass(store.LookAgainWithin)
	if n := r.answer(check.OK); n != 30 {
		t.Errorf("%d were looked at", n)
	}
	r.pass(time.Minute)
	if r.State().Blind() || r.count(is(check.Valid)) != 30 {
		t.Errorf("%v, and %d are valid", r.State(), r.count(is(check.Valid)))
	}
}

// brokenStore fails.
type brokenStore struct{ Store }

func (brokenStore) NoticeBlindness(context.Context, store.Blindness) error {
	return errors.New("disk full")
}

func TestWhatIsNoticedHoldsWhereTheStoreFails(t *testing.T) {
	r := newRig(t)
	r.Store = brokenStore{r.store}
	r.blind(20)
	if err := r.tick(t.Context()); err == nil || !r.State().Blind() {
		t.Errorf("%v, %v", err, r.State())
	}
	r.hear(200, check.OK)
	if !r.State().Blind() {
		t.Error("an answer that was asked for before would count")
	}
	r.pass(time.Minute)
	if r.State().Blind() {
		t.Errorf("it is still %v", r.State())
	}
}

// since is a store that keeps since when answers are to be looked at again.
type since struct {
	Store
	since []time.Time
}

func (s *since) LookAgain(ctx context.Context, at time.Time) (int, error) {
	s.since = append(s.since, at)
	return s.Store.LookAgain(ctx, at)
}

func TestWhatFailedShortlyBeforeIsLookedAtAgainToo(t *testing.T) {
	r := newRig(t)
	looked := &since{Store: r.store}
	r.Store = looked
	r.blind(20)
	r.ticked(r.Sight)
	r.hear(200, check.OK)
	r.ticked(r.Sight)
	r.pass(time.Minute)
	r.ticked(r.Sight)
	r.ticked(r.Sight)
	if len(looked.since) != 1 || !looked.since[0].Equal(start.Add(-window)) {
		t.Errorf("it was looked at again since %v", looked.since)
	}
}

func TestRunLooksAtTheCanariesAndSharesAtOnceWhatIsHeard(t *testing.T) {
	r := newRig(t)
	r.Interval = time.Hour
	var canaryDies atomic.Bool
	canary := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if canaryDies.Load() {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer canary.Close()
	gateway := httptest.NewServer(callable(t, probe.Prober{Allow: allowing(t, "127.0.0.0/8")}))
	defer gateway.Close()
	r.Canaries = Canaries{URLs: []string{canary.URL}, GatewayURL: gateway.URL, Timeout: 10 * time.Second}

	run := func(until func() bool) {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var running sync.WaitGroup
		running.Go(func() { r.Run(ctx) })
		for !until() && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		if ctx.Err() != nil {
			t.Error("it never came")
		}
		stop()
		running.Wait()
	}
	run(func() bool {
		r.Sight.mutex.Lock()
		defer r.Sight.mutex.Unlock()
		return !r.canaries.at.IsZero()
	})
	if r.State().Blind() {
		t.Errorf("with a canary that answers it is %v", r.State())
	}
	canaryDies.Store(true)
	run(func() bool { return r.BlindBy(ByCanaries) }) // two looks, canaryAgain apart
	if got := r.State().Why; got != "no canary URL answers" {
		t.Errorf("why is %q", got)
	}
	r.blind(20)
	run(func() bool {
		shared, err := r.store.Blindness(t.Context())
		return err == nil && len(shared) == 2
	})
}

func TestAStateIsASentence(t *testing.T) {
	for want, state := range map[string]State{
		"ok": {},
		"blind since 2026-01-02T03:04:05Z: 39 of 60 hosts failed within 5 minutes; that is our network, not theirs, and no link turns invalid until it passes": {
			Cause: ByFlips, Why: "39 of 60 hosts failed within 5 minutes", Since: start.In(time.FixedZone("", 3600)),
		},
	} {
		if got := state.String(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
