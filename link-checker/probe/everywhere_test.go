package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// The tests in everywhere_*_test.go keep one promise: no check connects to a special address (specialRanges), however it
// is spelled (spellings), whether it is saved, redirected to or given by DNS, and whichever resolver reads it; the public
// addresses just beside them are as good as any other. Connections are counted in Dialer.Control, where a canary
// stands for the internet; those to loopback also by real servers.

func TestNoCheckReachesASpecialAddressWithGosResolver(t *testing.T) {
	names := newFickleNames(t, "127.0.0.1:0")
	w := &world{names: names, resolver: names.Resolver()}
	w.keepsThePromise(t)
}

// A world is what surrounds a check: names, and the resolver that looks them up.
type world struct {
	names    *fickleNames
	resolver *net.Resolver
	// readsNumbers means that for the resolver itself, and not only for us, 0x7f.1 is an address.
	readsNumbers bool

	checks, refused, letThrough, connections atomic.Int64
}

func (w *world) keepsThePromise(t *testing.T) {
	started := time.Now()
	t.Run("saved", w.saved)
	t.Run("misspelled", w.misspelled)
	t.Run("redirected to", w.redirectedTo)
	t.Run("given by DNS", w.givenByDNS)
	t.Run("given by DNS the second time", w.rebound)
	t.Run("read by the resolver", w.readByTheResolver)
	t.Run("served on loopback", w.servedOnLoopback)
	t.Run("names of the inside", w.namesOfTheInside)
	t.Run("names of the inside where something is allowed", w.namesOfTheInsideWhereSomethingIsAllowed)
	t.Logf("%d checks of %d special addresses in %d ranges and of %d public neighbours, IPv4 in %d spellings, IPv6 in up to %d: "+
		"%d refused, %d let through to the canary, %d connections to special addresses; %v",
		w.checks.Load(), len(specialAddresses()), len(specialRanges), len(publicNeighbours()),
		len(spellings(netip.MustParseAddr("127.0.0.1"))), len(spellings(netip.MustParseAddr("fd00:ec2::254"))),
		w.refused.Load(), w.letThrough.Load(), w.connections.Load(), time.Since(started).Round(time.Millisecond))
}

// A canary stands where the internet begins. It lets nobody out but to home, and remembers who wanted to go where.
type canary struct {
	home netip.AddrPort

	mu  sync.Mutex
	saw []netip.Addr
}

// errCanary makes a check end as if nobody listened, so that it asks with GET, too.
var errCanary = fmt.Errorf("the canary stopped this: %w", syscall.ECONNREFUSED)

func (c *canary) stop(address string) error {
	target, err := netip.ParseAddrPort(address)
	if err == nil && target == c.home {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.saw = append(c.saw, target.Addr().WithZone(""))
	return errCanary
}

// seen are the distinct addresses that somebody wanted to connect.
func (c *canary) seen() []netip.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return distinct(slices.Clone(c.saw))
}

// An ending is what a check must come to: a reason, and the addresses that came past the guard on the way.
type ending struct {
	reason check.Reason
	past   []netip.Addr
}

// endAt is the ending of a check that leads to ip.
func endAt(ip netip.Addr) ending {
	if isSpecial(ip) {
		return ending{reason: check.BlockedAddress}
	}
	return ending{check.Refused, []netip.Addr{ip}} // by the canary
}

func blockedAfter(past ...netip.Addr) ending { return ending{check.BlockedAddress, past} }

// try checks a URL where nothing is allowed.
func (w *world) try(t *testing.T, url string, want ending) {
	t.Helper()
	w.check(t, &Prober{Resolver: w.resolver}, &canary{}, url, want)
}

// ours is the address of our sites.
var ours = netip.MustParseAddr("127.0.0.1")

// tryFrom checks a URL that leads to site, the one thing that is allowed, and on from there.
func (w *world) tryFrom(t *testing.T, site *probetest.Site, url string, want ending) check.Result {
	t.Helper()
	prober := &Prober{Allow: []netip.Prefix{netip.PrefixFrom(ours, ours.BitLen())}, Resolver: w.resolver}
	return w.check(t, prober, &canary{home: netip.MustParseAddrPort(site.Listener.Addr().String())}, url, want)
}

func (w *world) check(t *testing.T, prober *Prober, canary *canary, url string, want ending) check.Result {
	t.Helper()
	prober.canary = canary.stop
	got := prober.Check(t.Context(), url, true)
	past := canary.seen()
	w.count(past)
	if got.Reason != want.reason || !slices.Equal(past, distinct(want.past)) {
		t.Errorf("%q: %s after connections to %v, want %s after %v", url, got.Reason, past, want.reason, want.past)
	}
	if got.Reason == check.BlockedAddress && got.Timings != (check.Timings{}) {
		t.Errorf("%q: it took %+v, which is nobody's business", url, got.Timings)
	}
	return got
}

func (w *world) count(past []netip.Addr) {
	w.checks.Add(1)
	if len(past) == 0 {
		w.refused.Add(1)
	} else {
		w.letThrough.Add(1)
	}
	for _, ip := range past {
		if isSpecial(ip) {
			w.connections.Add(1)
		}
	}
}

// each does something with all items, several at once.
func each[T any](items []T, do func(T)) {
	var all errgroup.Group
	all.SetLimit(16)
	for _, item := range items {
		all.Go(func() error {
			do(item)
			return nil
		})
	}
	_ = all.Wait() // none fails
}

// bothSides are the special addresses and their public neighbours.
func bothSides() []netip.Addr { return append(specialAddresses(), publicNeighbours()...) }

func (w *world) saved(t *testing.T) {
	each(bothSides(), func(ip netip.Addr) {
		for _, s := range spellings(ip) {
			w.try(t, "http://"+s.host+"/", endAt(s.leads))
		}
		plain := spellings(ip)[0].host
		w.try(t, "https://"+plain+"/", endAt(ip))
		w.try(t, "http://"+plain+":8080/", endAt(ip))
	})
}

func (w *world) misspelled(t *testing.T) {
	site := probetest.NewSite(t, redirecting)
	each(specialRanges, func(r specialRange) {
		for _, ip := range r.addresses() {
			for i, m := range misspellings(ip) {
				url := "http://" + m.host + "/"
				w.try(t, url, ending{reason: m.direct})
				if ip == r.middle() {
					w.tryFrom(t, site, redirect(site, status(i), url), ending{reason: m.redirected})
				}
			}
		}
	})
}

var statuses = []int{301, 302, 303, 307, 308}

// status is one after the other.
func status(i int) int { return statuses[i%len(statuses)] }

// redirect is a URL that redirecting answers with status and location.
func redirect(site *probetest.Site, status int, location string) string {
	return fmt.Sprintf("%s/%d?%s", site.URL, status, url.QueryEscape(location))
}

// redirecting leaves the location as it is, which http.Redirect would not, and ends the connection, so that the next
// request looks its host up again.
func redirecting(w http.ResponseWriter, r *http.Request) {
	status, _ := strconv.Atoi(r.URL.Path[1:])
	location, _ := url.QueryUnescape(r.URL.RawQuery)
	w.Header()["Location"] = []string{location}
	w.Header().Set("Connection", "close")
	w.WriteHeader(status)
}

func (w *world) redirectedTo(t *testing.T) {
	site := probetest.NewSite(t, redirecting)
	try := func(status int, location string, ip netip.Addr) {
		got := w.tryFrom(t, site, redirect(site, status, location), endAt(ip))
		if isSpecial(ip) && (got.HTTPStatus != status || len(got.Redirects) != 1) {
			t.Errorf("%d to %q: %+v", status, location, got)
		}
	}
	each(bothSides(), func(ip netip.Addr) {
		if ip == ours {
			return // is allowed
		}
		plain := spellings(ip)[0].host
		for _, status := range statuses {
			try(status, "http://"+plain+"/", ip)
		}
		for i, reference := range references(plain) {
			try(status(i), reference, ip)
		}
	})
	each(specialRanges, func(r specialRange) {
		for i, s := range spellings(r.middle()) {
			try(status(i), "http://"+s.host+"/", s.leads)
		}
	})
}

// Where names lead before they turn.
var (
	public4 = netip.MustParseAddr("93.184.215.14")
	public6 = netip.MustParseAddr("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
)

func (w *world) givenByDNS(t *testing.T) {
	each(bothSides(), func(ip netip.Addr) {
		w.try(t, "http://"+w.names.name(to(ip))+"/", endAt(ip))
		w.try(t, "http://"+w.names.name(by(to(ip), "alias.example", "db.internal"))+"/", endAt(ip))
		if ip.Is4() {
			w.try(t, "http://"+w.names.name(to(netip.AddrFrom16(ip.As16())))+"/", endAt(ip)) // an AAAA of ::ffff:0:0/96
			for _, translated := range translations(ip) {
				w.try(t, "http://"+w.names.name(to(translated))+"/", endAt(translated))
			}
		}
		if isSpecial(ip) { // one such address decides, whatever the others are
			w.try(t, "http://"+w.names.name(to(ip, public4))+"/", blockedAfter(public4))
			w.try(t, "http://"+w.names.name(to(public4, public6, ip))+"/", blockedAfter(public4, public6))
		}
	})
}

// rebound has names that lead elsewhere when the check looks them up again: for its GET, or after a redirect.
func (w *world) rebound(t *testing.T) {
	site := probetest.NewSite(t, redirecting)
	each(specialAddresses(), func(ip netip.Addr) {
		w.try(t, "http://"+w.names.name(to(public4), to(ip))+"/", blockedAfter(public4))
		w.try(t, "http://"+w.names.name(to(public6), to(public4, ip))+"/", blockedAfter(public4, public6))
		w.try(t, "http://"+w.names.name(by(to(public4), "alias.example"), by(to(ip), "alias.example"))+"/", blockedAfter(public4))

		back := "http://" + w.names.name(to(ip), to(public4)) + "/"
		w.try(t, back, blockedAfter())
		w.try(t, back, endAt(public4))

		if ip == ours {
			return // is allowed from here on
		}
		for _, status := range statuses {
			w.tryFrom(t, site, redirect(site, status, "http://"+w.names.name(to(public4), to(ip))+"/"), blockedAfter(public4))
		}
		w.tryFrom(t, site, redirectToItself(w.names.name(to(ours), to(ip)), site), blockedAfter())
	})
}

// redirectToItself is a URL by which site, under a name of its own, leads on to that name.
func redirectToItself(name string, site *probetest.Site) string {
	root := "http://" + net.JoinHostPort(name, site.Port())
	return root + "/302?" + url.QueryEscape(root+"/admin")
}

// readByTheResolver dials numbers below the layer that reads them as browsers do. Where the resolver reads them too, the
// guard alone is left.
func (w *world) readByTheResolver(t *testing.T) {
	asWeDo := func(d *dialer) dialFunc { return d.DialContext }
	asTheyStand := func(d *dialer) dialFunc { // without the final dot that keeps resolvers from reading most of them
		return (&net.Dialer{Resolver: d.resolver, Control: d.control}).DialContext
	}
	each(bothSides(), func(ip netip.Addr) {
		if ip.Is6() {
			return
		}
		for _, number := range numbers(ip)[1:] { // the first is read by package net
			past, err := w.dial(t, asWeDo, number)
			if len(past) > 0 && (isSpecial(ip) || past[0] != ip) {
				t.Errorf("%s, as we dial it, for %v: %v after connections to %v", number, ip, err, past)
			}
			past, err = w.dial(t, asTheyStand, number)
			if !w.read(ip, past, err) {
				t.Errorf("%s for %v: %v after connections to %v", number, ip, err, past)
			}
		}
	})
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dial allows something, since otherwise single words, such as decimal addresses, are not looked up.
func (w *world) dial(t *testing.T, through func(*dialer) dialFunc, host string) (past []netip.Addr, err error) {
	t.Helper()
	canary := &canary{}
	d := newDialer(time.Now().Add(DefaultTimeout), Guard{Allow: []netip.Prefix{netip.MustParsePrefix("203.0.113.77/32")}}, w.resolver)
	defer d.close()
	d.canary = canary.stop
	if _, err = through(d)(t.Context(), "tcp", net.JoinHostPort(host, "80")); err == nil {
		t.Errorf("%s is connected", host)
	}
	past = canary.seen()
	w.count(past)
	return past, err
}

// read reports whether dialling a number that stands for ip ended as this resolver makes it end.
func (w *world) read(ip netip.Addr, past []netip.Addr, err error) bool {
	var lookup *net.DNSError
	switch {
	case !w.readsNumbers:
		return len(past) == 0 && errors.As(err, &lookup)
	case isSpecial(ip):
		return len(past) == 0 && errors.Is(err, ErrBlocked)
	default:
		return slices.Equal(past, []netip.Addr{ip}) && errors.Is(err, errCanary)
	}
}

// servedOnLoopback counts at real servers. In the end it lets the same URLs through: they do lead there.
func (w *world) servedOnLoopback(t *testing.T) {
	site := probetest.NewSite(t, redirecting)
	strict := &Prober{Resolver: w.resolver}
	onlyOurs := &Prober{Resolver: w.resolver, Allow: []netip.Prefix{netip.PrefixFrom(ours, ours.BitLen())}}
	loose := &Prober{Resolver: w.resolver, Allow: probetest.Loopback}
	blocked := func(prober *Prober, url string) {
		w.count(nil)
		if got := prober.Check(t.Context(), url, true); got.Reason != check.BlockedAddress {
			t.Errorf("%q: %s", url, got.Reason)
		}
	}
	var open []string
	servers := loopbackServers(t, "0", "127.0.0.1", "127.0.0.2", "::1")
	for _, server := range servers {
		for i, s := range slices.Concat(spellings(server.ip), spellings(netip.IPv4Unspecified()), spellings(netip.IPv6Unspecified())) {
			url := "http://" + s.host + ":" + server.port + "/"
			blocked(strict, url)
			if s.leads != ours {
				blocked(onlyOurs, redirect(site, status(i), url))
			}
			if s.leads == server.ip {
				open = append(open, url)
			}
		}
	}
	for _, server := range loopbackServers(t, site.Port(), "127.0.0.2", "::1") {
		servers = append(servers, server)
		blocked(onlyOurs, redirectToItself(w.names.name(to(ours), to(server.ip)), site))
		open = append(open, redirectToItself(w.names.name(to(ours), to(server.ip)), site))
	}
	for _, server := range servers {
		if n := server.Accepted(); n != 0 {
			t.Errorf("%d connections reached %s", n, server.Address())
			w.connections.Add(int64(n))
		}
	}
	each(open, func(url string) {
		if got := loose.Check(t.Context(), url, true); got.Reason != check.OK {
			t.Errorf("%q, if it is allowed: %s", url, got.Reason)
		}
	})
	for _, server := range servers {
		if server.Accepted() == 0 {
			t.Errorf("%s counts nobody", server.Address())
		}
	}
}

// A loopbackServer answers that all is well.
type loopbackServer struct {
	*probetest.Raw
	ip   netip.Addr
	port string
}

// loopbackServers listen on as many of the addresses as this machine has: only Linux has all of 127.0.0.0/8.
func loopbackServers(t *testing.T, port string, ips ...string) []loopbackServer {
	t.Helper()
	var servers []loopbackServer
	for _, ip := range ips {
		address := net.JoinHostPort(ip, port)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("nothing is served on %s: %v", address, err)
			continue
		}
		listener.Close()
		raw := probetest.NewRawOn(t, address, probetest.Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		_, port, _ := net.SplitHostPort(raw.Address())
		servers = append(servers, loopbackServer{raw, netip.MustParseAddr(ip), port})
	}
	return servers
}

// namesOfTheInside are not even looked up where nothing is allowed: the answer would say which of them a network has.
func (w *world) namesOfTheInside(t *testing.T) {
	before := w.names.Questions()
	for _, host := range []string{
		"localhost", "LOCALHOST", "localhost.", "wiki", "WIKI.", "a.localhost", "db.internal", "db.internal.", "db.internal..", "DB.Internal", "api.default.svc",
		"api.default.svc.cluster.local", "printer.local", "router.lan", "nas.home.arpa", "x.onion", "a.b.test", "x.invalid",
		"db。internal", "ｄｂ.ｉｎｔｅｒｎａｌ", "db.\u00adinternal",
	} {
		w.try(t, "http://"+host+"/", blockedAfter())
	}
	if asked := w.names.Questions() - before; asked != 0 {
		t.Errorf("%d questions were asked", asked)
	}
}

func (w *world) namesOfTheInsideWhereSomethingIsAllowed(t *testing.T) {
	site := probetest.NewSite(t, redirecting)
	w.names.Add("existing.internal", to(netip.MustParseAddr("10.1.2.3")))
	w.names.Add("existing", to(netip.MustParseAddr("fd00::1")))
	w.names.Add("empty.internal", to())
	w.names.Add("ours.internal", to(ours))
	for _, leadTo := range []func(host string) string{
		func(host string) string { return "http://" + host + "/" },
		func(host string) string { return redirect(site, http.StatusFound, "http://"+host+"/") },
	} {
		existing := w.tryFrom(t, site, leadTo("existing.internal"), blockedAfter())
		for _, host := range []string{"missing.internal", "empty.internal", "existing", "missing"} {
			got := w.tryFrom(t, site, leadTo(host), blockedAfter())
			if diff := cmp.Diff(existing, got, cmpopts.IgnoreFields(check.Result{}, "URL", "FinalURL", "Redirects", "DurationMS", "CheckedAt")); diff != "" {
				t.Errorf("existing.internal and %s can be told apart (-existing +this):\n%s", host, diff)
			}
		}
	}
	w.tryFrom(t, site, "http://"+net.JoinHostPort("ours.internal", site.Port())+"/200", ending{reason: check.OK})
}
