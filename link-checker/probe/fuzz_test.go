package probe

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

var (
	errNoNetwork = errors.New("no network in here")
	offline      = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errNoNetwork }}
)

// FuzzURL holds that whatever is typed leads to a sound result, and to no connection inside.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"http://127.0.0.1/", "http://[::ffff:10.0.0.1]:80/", "http://0x7f.1/", "http://①②⑦.⓪.⓪.①", "http://gigi:pw@10.0.0.1/", `http:\\169.254.169.254\%zz`,
		"https://кц.рф:8080/я?я#я", "http://[fe80::1%25lo]/", "http://1.1.1.1:25/", "ftp://10.0.0.1/", "http://2130706433", "http://[64:ff9b::a00:1]/", "HTTP:////x", "http://%31/",
	} {
		f.Add(seed)
	}
	var dialled atomic.Pointer[string]
	prober := &Prober{Timeout: time.Second, Resolver: offline, canary: func(address string) error {
		dialled.Store(&address)
		return errNoNetwork
	}}
	f.Fuzz(func(t *testing.T, raw string) {
		dialled.Store(nil)
		got := prober.Check(t.Context(), raw, true)
		sound(t, got)
		if got.URL != raw {
			t.Errorf("the URL came back as %q", got.URL)
		}
		if address := dialled.Load(); address != nil {
			if isSpecial(netip.MustParseAddrPort(*address).Addr()) {
				t.Errorf("%q was dialled", *address)
			}
		}
	})
}

// FuzzResponse holds that whatever bytes a server sends, and closes, lead to a sound result.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		"", "HTTP/1.1 200 OK\r\n\r\n<title>404</title>", "HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n", "HTTP/1.1 301 x\r\nLocation: http://gigi:pw@10.0.0.1/\r\nSet-Cookie: a=b\r\n\r\n",
		"HTTP/1.1 429 x\r\nRetry-After: 5\r\n\r\n", "HTTP/1.0 503\nRateLimit: a;r=0;t=9\n\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n",
		"HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-16\r\n\r\n<\x00h\x001\x00>", "\x15\x03\x01\x00\x02\x02\x16", "SSH-2.0-x\r\n", "HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	var answer atomic.Pointer[[]byte]
	server := probetest.NewRaw(f, func(conn net.Conn) {
		probetest.Answer(string(*answer.Load()))(conn)
	})
	prober := &Prober{Timeout: 5 * time.Second, Allow: probetest.Loopback, Resolver: offline, canary: func(address string) error {
		if address != server.Address() {
			return errNoNetwork // wherever a Location leads
		}
		return nil
	}}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		answer.Store(&bytes)
		sound(t, prober.Check(t.Context(), "http://"+server.Address()+"/page", true))
	})
}

// sound fails unless got keeps what check.Result promises, whatever happened.
func sound(t *testing.T, got check.Result) {
	t.Helper()
	if !got.Reason.Known() || got.Status != got.Reason.Status() {
		t.Errorf("%s for %s", got.Status, got.Reason)
	}
	if got.HTTPStatus < 0 || got.HTTPStatus > 999 || len(got.Redirects) > maxRedirects || got.RetryAfterSeconds < 0 || got.RetryAfterSeconds > check.MaxRetryAfterSeconds || got.DurationMS < 0 {
		t.Errorf("%+v", got)
	}
	urls := []string{got.FinalURL, got.MovedTo}
	for _, hop := range got.Redirects {
		urls = append(urls, hop.URL)
	}
	for _, url := range urls {
		if _, err := check.ParseURL(url); url != "" && err != nil {
			t.Errorf("%q: %v", url, err)
		}
		if strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Errorf("%q is not fit to be sent", url)
		}
	}
	for _, note := range got.Notes {
		if note.Explanation() == "" {
			t.Errorf("note %q", note)
		}
	}
	if _, err := json.Marshal(got); err != nil {
		t.Errorf("encode: %v", err)
	}
}
