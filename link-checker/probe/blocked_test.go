package probe_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// onlyLocalhost leaves the rest of the loopback network unallowed, for servers that stand for internal ones.
var onlyLocalhost = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// elsewhere is a loopback address to listen on that is not 127.0.0.1.
func elsewhere(t *testing.T) string {
	t.Helper()
	for _, address := range []string{"127.0.0.2:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			listener.Close()
			return address
		}
	}
	t.Fatal("this machine has neither 127.0.0.2 nor ::1")
	return ""
}

// closedPort is an address on 127.0.0.1 where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestOneRefusedAddressIsNotHiddenByTheOthers(t *testing.T) {
	_, port, _ := net.SplitHostPort(closedPort(t))
	hole := probetest.NewBlackhole(t)
	_, holePort, _ := net.SplitHostPort(hole)
	names := probetest.NewNameServer(t, probetest.Names{
		"six.example":  probetest.At("fd00::1", "127.0.0.1"),
		"four.example": probetest.At("127.0.0.1", "10.0.0.1"),
		"back.example": probetest.At("10.0.0.1", "127.0.0.1"),
	})
	prober := &probe.Prober{Timeout: brief.Timeout * 3, Allow: onlyLocalhost, Resolver: names.Resolver()}
	for _, url := range []string{"http://six.example:" + port, "http://four.example:" + port, "http://back.example:" + port, "http://six.example:" + holePort} {
		if got := prober.Check(t.Context(), url, true); got.Reason != check.BlockedAddress {
			t.Errorf("%s: %+v", url, got)
		}
	}
}

func TestARefusedAddressDoesNotMatterWhereAnotherAnswers(t *testing.T) {
	site := probetest.NewSite(t, respond(200))
	names := probetest.NewNameServer(t, probetest.Names{"both.example": probetest.At("fd00::1", "127.0.0.1")})
	prober := &probe.Prober{Allow: onlyLocalhost, Resolver: names.Resolver()}
	got := prober.Check(t.Context(), "http://both.example:"+site.Port(), true)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})

	hanging := probetest.NewSite(t, hang)
	prober.Timeout = brief.Timeout
	got = prober.Check(t.Context(), "http://both.example:"+hanging.Port(), true)
	expect(t, got, answer{Reason: check.TimeoutHeaders, Method: "GET"})
}

func TestNamesAreLookedUpAsTheyStand(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{})
	prober := &probe.Prober{Resolver: names.Resolver()}
	expect(t, prober.Check(t.Context(), "http://nowhere.example/", true), answer{Reason: check.DNSNotFound, Method: "HEAD"})
	if asked := strings.Join(names.Asked(), " "); asked != "nowhere.example." {
		t.Errorf("asked for %s", asked)
	}
}

// What an operator allows must not turn invalid because a name server hiccups.
func TestANameServerThatFailsSaysNothingAboutAnInsideName(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"wiki.internal": {Failing: true}, "silent.internal": {Silent: true}})
	prober := &probe.Prober{Timeout: brief.Timeout, Allow: onlyLocalhost, Resolver: names.Resolver()}
	expect(t, prober.Check(t.Context(), "http://wiki.internal/", true), answer{Reason: check.DNSTemporary, Method: "GET"})
	expect(t, prober.Check(t.Context(), "http://silent.internal/", true), answer{Reason: check.TimeoutDNS, Method: "GET"})
	expect(t, prober.Check(t.Context(), "http://missing.internal/", true), answer{Reason: check.BlockedAddress, Method: "HEAD"})
}
