package storetest

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/manners"
	"github.com/linkwell/linkwell/link-manager/store"
)

// polite are the manners of these tests.
var polite = manners.Manners{
	Limits: manners.Limits{Concurrency: 2, Interval: time.Second},
	Allow:  []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
}

// hostTests are about how hosts are asked.
var hostTests = map[string]func(*testing.T, *fixture){
	"a host is asked once in an interval, and the others wait in line": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 4)
		for i := range 4 {
			claimed := f.claimPolitely(store.LaneAdded)
			f.equal("claimed", urls(claimed.Claims), []string{on("example.com", i)})
			f.answer(claimed.Claims[0], check.OK)
			if i < 3 {
				f.equal("next", claimed.Next, f.clock.Now().Add(time.Second).UTC())
				f.equal("too early", f.claimPolitely(store.LaneAdded).Claims, []store.Claim(nil))
			}
			f.clock.pass(time.Second)
		}
	},
	"hosts do not wait for each other": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 300)
		f.fill("ann", "example.org", 1)
		var claims []store.Claim
		for {
			claimed := f.claimPolitely(store.LaneAdded)
			claims = append(claims, claimed.Claims...)
			if !claimed.More {
				break
			}
		}
		f.equal("claimed", urls(claims), []string{on("example.com", 0), on("example.org", 0)})
	},
	"no more checks of a host are out than it may have": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 4)
		var out []store.Claim
		for range 10 {
			out = append(out, f.claimPolitely(store.LaneAdded).Claims...)
			f.clock.pass(time.Second)
		}
		f.equal("out", len(out), 2)
		f.answer(out[0], check.OK)
		f.clock.pass(time.Second)
		f.equal("after an answer", len(f.claimPolitely(store.LaneAdded).Claims), 1)
	},
	"a lost check blocks its host no longer than its lease": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 3)
		for range 5 {
			f.claimPolitely(store.LaneAdded)
			f.clock.pass(time.Second)
		}
		f.clock.pass(lease)
		seen := map[string]bool{}
		for range 5 {
			for _, c := range f.claimPolitely(store.LaneAdded).Claims {
				seen[c.URL] = true
				f.answer(c, check.OK)
			}
			f.clock.pass(time.Second)
		}
		f.equal("asked again", len(seen), 3)
	},
	"an allowed network knows no limits, unless it is given some": func(t *testing.T, f *fixture) {
		f.fill("ann", "10.1.2.3", 5)
		claimed := f.claimPolitely(store.LaneAdded)
		f.equal("claimed", len(claimed.Claims), 5)
		for _, c := range claimed.Claims {
			f.answer(c, check.OK)
		}
		f.fill("bob", "10.1.2.4", 5)
		slow := polite
		slow.AllowedInterval = time.Second
		f.equal("with an interval", len(f.claimAs(store.ClaimRequest{Lane: store.LaneAdded, Limit: 256, Manners: slow}).Claims), 1)
	},
	"what somebody waits for goes before what nobody does": func(t *testing.T, f *fixture) {
		links := f.fill("ann", "example.com", 30)
		for range links {
			for _, c := range f.claimPolitely(store.LaneAdded).Claims {
				f.answer(c, check.OK)
			}
			f.clock.pass(time.Second)
		}
		f.clock.pass(longestDay)
		routine := f.claimPolitely(store.LaneDue).Claims
		f.equal("routine", len(routine), 1)
		last := links[29]
		if last.URL == routine[0].URL { // its check is out already
			last = links[28]
		}
		if _, err := f.CheckNow(t.Context(), last.Owner, last.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("not yet", len(f.claimPolitely(store.LaneAdded).Claims), 0)
		f.clock.pass(time.Second)
		f.equal("hurried", urls(f.claimPolitely(store.LaneAdded).Claims), []string{last.URL})
		f.equal("routine waits", len(f.claimPolitely(store.LaneDue).Claims), 0)
	},
	"a host that asks to be left alone is": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 3)
		answer := answerTo(f.claimPolitely(store.LaneAdded).Claims[0], check.RateLimited)
		answer.RetryAfterSeconds = 90
		f.apply(answer)
		f.paused(1)
		f.clock.pass(89 * time.Second)
		f.equal("too early", len(f.claimPolitely(store.LaneAdded).Claims), 0)
		f.clock.pass(time.Second)
		f.equal("then", len(f.claimPolitely(store.LaneAdded).Claims), 1)
		f.paused(0)
	},
	"a host whose targets fail alike is held, collects one strike, and is let go by one good answer": func(t *testing.T, f *fixture) {
		links := f.fill("ann", "10.0.0.1", 8)
		f.all(store.LaneAdded, check.OK)
		f.clock.pass(longestDay)
		f.equal("failing", f.all(store.LaneDue, check.Refused), 8) // they were out when it began
		f.paused(1)
		f.clock.pass(10 * time.Minute)
		for _, reason := range []check.Reason{check.Refused, check.TimeoutConnect, check.Reset} {
			probe := f.claimPolitely(store.LaneDue)
			f.equal("asked for all of them", len(probe.Claims), 1)
			f.equal("while it is out", len(f.claimPolitely(store.LaneDue).Claims), 0)
			f.answer(probe.Claims[0], reason)
			f.clock.pass(24 * time.Hour)
		}
		for _, l := range links {
			f.equal("status", f.get(l).Status, check.Valid)
		}
		probe := f.claimPolitely(store.LaneDue)
		f.equal("asked for all of them", len(probe.Claims), 1)
		f.answer(probe.Claims[0], check.OK)
		f.paused(0)
		f.clock.pass(lease)
		f.equal("asked one by one again", f.all(store.LaneDue, check.OK), 7)
	},
	"a host that is dead for long enough takes its targets with it": func(t *testing.T, f *fixture) {
		links := f.fill("ann", "10.0.0.1", 8)
		f.all(store.LaneAdded, check.OK)
		f.clock.pass(longestDay)
		f.all(store.LaneDue, check.Refused)
		for range 8 {
			f.clock.pass(25 * time.Hour)
			f.all(store.LaneDue, check.Refused)
		}
		f.clock.pass(25 * time.Hour)
		f.all(store.LaneDue, check.Refused)
		for _, l := range links {
			f.equal("status", f.get(l).Status, check.Invalid)
		}
		f.paused(0)
	},
	"a new target of a failing host is looked at all the same": func(t *testing.T, f *fixture) {
		f.fill("ann", "10.0.0.1", 8)
		f.all(store.LaneAdded, check.Refused)
		f.paused(1)
		l := f.add("bob", on("10.0.0.1", 100))
		f.equal("asked", f.all(store.LaneAdded, check.Refused), 1)
		f.equal("status", f.get(l).Status, check.Invalid)
	},
	"a host of which nothing needs to be known is forgotten": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 1)
		f.fill("ann", "example.org", 1)
		for _, c := range f.claimPolitely(store.LaneAdded).Claims {
			f.answer(c, map[bool]check.Reason{true: check.OK, false: check.Refused}[c.URL == on("example.com", 0)])
		}
		for i, want := range []int{0, 1, 0} {
			n, err := f.ForgetHosts(t.Context(), 10)
			f.equal("error", err, nil)
			f.equal(fmt.Sprint("forgotten ", i), n, want)
			f.clock.pass(time.Hour)
		}
	},
	"two managers together keep the manners": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 20)
		f.fill("ann", "example.org", 20)
		stores := []*store.Store{f.Store, f.open()}
		for range 3 {
			claims := make(chan store.Claim, 100)
			f.each(4, func(ctx context.Context, i int) error {
				claimed, err := stores[i%2].Claim(ctx, store.ClaimRequest{Lane: store.LaneAdded, Limit: 256, Lease: lease, Manners: polite})
				for _, c := range claimed.Claims {
					claims <- c
				}
				return err
			})
			close(claims)
			asked := map[string]int{}
			for c := range claims {
				asked[c.URL[:len(on("example.com", 0))-1]]++
				f.answer(c, check.OK)
			}
			f.equal("asked", asked, map[string]int{on("example.com", 0)[:20]: 1, on("example.org", 0)[:20]: 1})
			f.clock.pass(time.Second)
		}
	},
}

// on is the url of page i of a host.
func on(host string, i int) string { return fmt.Sprintf("https://%s/%d", host, i) }

// fill adds links to n pages of a host.
func (f *fixture) fill(owner, host string, n int) (links []link.Link) {
	f.t.Helper()
	for i := range n {
		links = append(links, f.add(owner, on(host, i)))
	}
	return links
}

func (f *fixture) claimPolitely(lane store.Lane) store.Claimed {
	f.t.Helper()
	return f.claimAs(store.ClaimRequest{Lane: lane, Limit: 256, Manners: polite})
}

// all claims and answers what is due until nothing is, and returns how many that were.
func (f *fixture) all(lane store.Lane, reason check.Reason) (n int) {
	f.t.Helper()
	for {
		claims := f.claimPolitely(lane).Claims
		if len(claims) == 0 {
			return n
		}
		n += len(claims)
		for _, c := range claims {
			f.answer(c, reason)
		}
	}
}

func (f *fixture) paused(want int) {
	f.t.Helper()
	n, err := f.PausedHosts(f.t.Context())
	f.equal("error", err, nil)
	f.equal("paused hosts", n, want)
}
