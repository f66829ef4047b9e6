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

func TestAddressesThatAreNotPublicGetNoConnection(t *testing.T) {
	internal := probetest.NewRaw(t, probetest.Silent)
	_, port, _ := net.SplitHostPort(internal.Address())
	names := probetest.NewNameServer(t, probetest.Names{
		"internal.test":         probetest.At("127.0.0.1"),
		"internal.both.test":    probetest.At("::1", "127.0.0.1"),
		"mapped.test":           probetest.At("::ffff:127.0.0.1"),
		"translated.test":       probetest.At("64:ff9b::7f00:1", "2002:7f00:1::"),
		"rebinding.private.net": probetest.At("10.0.0.1", "127.0.0.1"),
	})
	prober := &probe.Prober{Resolver: names.Resolver()}
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "0.0.0.0", "[::]", "[::1%25lo]",
		"①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1",
		"internal.test", "internal.test.", "internal.both.test", "mapped.test", "translated.test", "rebinding.private.net",
	} {
		got := prober.Check(t.Context(), "http://"+host+":"+port+"/", true)
		expect(t, got, answer{Reason: check.BlockedAddress, Method: "HEAD"})
	}
	expect(t, prober.Check(t.Context(), "https://127.0.0.1:"+port+"/", true), answer{Reason: check.BlockedAddress, Method: "HEAD"})
	if n := internal.Accepted(); n != 0 {
		t.Errorf("%d connections reached the internal server", n)
	}
}

func TestNumbersThatOtherToolsReadAsLoopbackGetNoConnection(t *testing.T) {
	internal := probetest.NewRaw(t, probetest.Silent)
	_, port, _ := net.SplitHostPort(internal.Address())
	names := probetest.NewNameServer(t, probetest.Names{})
	prober := &probe.Prober{Resolver: names.Resolver()}
	for _, host := range []string{"127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1."} {
		if got := prober.Check(t.Context(), "http://"+host+":"+port+"/", true); got.Status != check.Invalid {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if n := internal.Accepted(); n != 0 {
		t.Errorf("%d connections reached the internal server", n)
	}
}

func TestOneRefusedAddressIsNotHiddenByTheOthers(t *testing.T) {
	_, port, _ := net.SplitHostPort(closedPort(t))
	hole := probetest.NewBlackhole(t)
	_, holePort, _ := net.SplitHostPort(hole)
	names := probetest.NewNameServer(t, probetest.Names{
		"six.test":  probetest.At("fd00::1", "127.0.0.1"),
		"four.test": probetest.At("127.0.0.1", "10.0.0.1"),
		"back.test": probetest.At("10.0.0.1", "127.0.0.1"),
	})
	prober := &probe.Prober{Timeout: brief.Timeout * 3, Allow: onlyLocalhost, Resolver: names.Resolver()}
	for _, url := range []string{"http://six.test:" + port, "http://four.test:" + port, "http://back.test:" + port, "http://six.test:" + holePort} {
		if got := prober.Check(t.Context(), url, true); got.Reason != check.BlockedAddress {
			t.Errorf("%s: %+v", url, got)
		}
	}
}

func TestARefusedAddressDoesNotMatterWhereAnotherAnswers(t *testing.T) {
	site := probetest.NewSite(t, respond(200))
	names := probetest.NewNameServer(t, probetest.Names{"both.test": probetest.At("fd00::1", "127.0.0.1")})
	prober := &probe.Prober{Allow: onlyLocalhost, Resolver: names.Resolver()}
	got := prober.Check(t.Context(), "http://both.test:"+site.Port(), true)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})

	hanging := probetest.NewSite(t, hang)
	prober.Timeout = brief.Timeout
	got = prober.Check(t.Context(), "http://both.test:"+hanging.Port(), true)
	expect(t, got, answer{Reason: check.TimeoutHeaders, Method: "GET"})
}

func TestNamesAreLookedUpAsTheyStand(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{})
	prober := &probe.Prober{Resolver: names.Resolver()}
	expect(t, prober.Check(t.Context(), "http://nowhere.test/", true), answer{Reason: check.DNSNotFound, Method: "HEAD"})
	if asked := strings.Join(names.Asked(), " "); asked != "nowhere.test." {
		t.Errorf("asked for %s", asked)
	}
}
