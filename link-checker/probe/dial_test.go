package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestNamesWithADotBecomeAbsolute(t *testing.T) {
	for address, want := range map[string]string{
		"example.com:80":            "example.com.:80",
		"example.com.:80":           "example.com.:80",
		"127.1:80":                  "127.1.:80", // a name, whatever it looks like
		"localhost:80":              "localhost:80",
		"127.0.0.1:80":              "127.0.0.1:80",
		"[::1]:80":                  "[::1]:80",
		"[::ffff:127.0.0.1]:80":     "[::ffff:127.0.0.1]:80",
		"[fe80::1%eth0.1]:80":       "[fe80::1%eth0.1]:80",
		"no port, left to net.Dial": "no port, left to net.Dial",
	} {
		if got := absolute(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestTheDialerLooksUpAbsoluteNames(t *testing.T) {
	offline := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no network")
	}}
	var looked string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		DNSStart: func(start httptrace.DNSStartInfo) { looked = start.Host },
	})
	d := newDialer(time.Now().Add(time.Minute), Guard{}, offline)
	if _, err := d.DialContext(ctx, "tcp", "nowhere.example:80"); err == nil || looked != "nowhere.example." {
		t.Errorf("looked up %q, %v", looked, err)
	}
}

func TestAConnectionThatComesTooLateIsClosed(t *testing.T) {
	d := newDialer(time.Now().Add(time.Minute), Guard{}, goResolver)
	d.close()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	if conn, err := d.keep(ours); conn != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("kept %v, %v", conn, err)
	}
	if _, err := ours.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("it is still open: %v", err)
	}
}

// Whoever owns a zone could otherwise have us scan a network.
func TestFewOfAHostsManyAddressesAreTried(t *testing.T) {
	var addresses []string
	for i := range 40 {
		addresses = append(addresses, netip.AddrFrom4([4]byte{93, 184, 215, byte(i)}).String())
	}
	names := probetest.NewNameServer(t, probetest.Names{"many.example": probetest.At(addresses...)})
	var mu sync.Mutex
	tried := 0
	prober := &Prober{Resolver: names.Resolver(), canary: func(string) error {
		mu.Lock()
		defer mu.Unlock()
		tried++
		return errCanary
	}}
	got := prober.Check(t.Context(), "http://many.example/", true)
	if tried != 2*maxAddressesPerDial { // for HEAD and for GET
		t.Errorf("%d addresses were tried", tried)
	}
	if got.Reason != check.Refused && got.Reason != check.UnreachableNet {
		t.Errorf("found %s", got.Reason)
	}
}
