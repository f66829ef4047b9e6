package probe_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestWhatAServerDoesInsteadOfAnswering(t *testing.T) {
	for name, c := range map[string]struct {
		script func(net.Conn)
		want   answer
	}{
		"closes":                         {probetest.HangUp, answer{Reason: check.Reset, Method: "GET"}},
		"resets":                         {probetest.Reset, answer{Reason: check.Reset, Method: "GET"}},
		"breaks off in the headers":      {probetest.Answer("HTTP/1.1 200 OK\r\nX: y\r\n"), answer{Reason: check.Reset, Method: "GET"}},
		"SSH":                            {probetest.Greet("SSH-2.0-OpenSSH_9.6\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"HTTP/0.9":                       {probetest.Answer("<html>hello</html>\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"ICY":                            {probetest.Answer("ICY 200 OK\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"status abc":                     {probetest.Answer("HTTP/1.1 abc OK\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"status 099":                     {probetest.Answer("HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n"), answer{Reason: check.BadHTTP, HTTPStatus: 99, Method: "GET"}},
		"negative length":                {probetest.Answer("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"two lengths":                    {probetest.Answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"a header without colon":         {probetest.Answer("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"a TLS alert":                    {probetest.Answer("\x15\x03\x01\x00\x02\x02\x16"), answer{Reason: check.ProtocolMismatch, Method: "GET"}},
		"2 MiB of headers":               {probetest.Answer("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 2<<20) + "\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
		"900 KiB of headers":             {probetest.Answer("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 900<<10) + "\r\nContent-Length: 0\r\n\r\n"), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}},
		"lines that end with LF only":    {probetest.Answer("HTTP/1.1 200 OK\nContent-Length: 0\n\n"), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}},
		"a malformed content type":       {probetest.Answer("HTTP/1.1 200 OK\r\nContent-Type: ;;=\r\nContent-Length: 0\r\n\r\n"), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}},
		"switches protocols unasked":     {switching, answer{Reason: check.BadHTTP, HTTPStatus: 101, Method: "GET"}},
		"a control byte in the Location": {probetest.Answer("HTTP/1.1 302 Found\r\nLocation: /a\x01b\r\nContent-Length: 0\r\n\r\n"), answer{Reason: check.BadHTTP, Method: "GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			raw := probetest.NewRaw(t, c.script)
			expect(t, patient.Check(t.Context(), "http://"+raw.Address(), true), c.want)
		})
	}
}

// switching says 101 and then nothing, on a connection that stays open.
var switching = probetest.Dialogue(func(*http.Request) string {
	return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n"
})

func TestAClosedPortIsRefused(t *testing.T) {
	expect(t, patient.Check(t.Context(), "http://"+closedPort(t), true), answer{Reason: check.Refused, Method: "GET"})
}

func TestHTTPSToAPlainPortIsAProtocolMismatch(t *testing.T) {
	site := probetest.NewSite(t, respond(200))
	got := patient.Check(t.Context(), strings.Replace(site.URL, "http:", "https:", 1), true)
	expect(t, got, answer{Reason: check.ProtocolMismatch, Method: "GET"})
}

// TestNothingHoldsACheckBeyondItsDeadline is about that it ends, and with the phase it was in.
func TestNothingHoldsACheckBeyondItsDeadline(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"silent.test": {Silent: true}})
	prober := *brief
	prober.Resolver = names.Resolver()
	mute := probetest.NewRaw(t, probetest.Silent)
	drip := probetest.NewRaw(t, dripHeaders)
	circle := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	for name, c := range map[string]struct {
		url  string
		want answer
	}{
		"a name server that is silent":      {"http://silent.test/", answer{Reason: check.TimeoutDNS, Method: "GET"}},
		"a host that takes no connection":   {"http://" + probetest.NewBlackhole(t), answer{Reason: check.TimeoutConnect, Method: "GET"}},
		"a server that never shakes hands":  {"https://" + mute.Address(), answer{Reason: check.TimeoutTLS, Method: "GET"}},
		"a server that never answers":       {"http://" + mute.Address(), answer{Reason: check.TimeoutHeaders, Method: "GET"}},
		"headers that never end":            {"http://" + drip.Address(), answer{Reason: check.TimeoutHeaders, Method: "GET"}},
		"hops whose bodies never end, each": {circle.URL, answer{Reason: check.TimeoutHeaders, HTTPStatus: 302, Method: "GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			expect(t, prober.Check(t.Context(), c.url, true), c.want)
			if took := time.Since(started); took > prober.Timeout+5*time.Second {
				t.Errorf("took %v with a timeout of %v", took, prober.Timeout)
			}
		})
	}
}

// dripHeaders answers a request with one byte of header after the other for as long as somebody reads.
func dripHeaders(conn net.Conn) {
	_, _ = http.ReadRequest(bufio.NewReader(conn))
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	_, err := fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nX: ")
	for err == nil {
		<-tick.C
		_, err = fmt.Fprint(conn, "a")
	}
}

func TestNamesThatDoNotLeadToAnAddress(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{
		"failing.test": {Failing: true},
		"mail.test":    {}, // exists, for mail only
	})
	prober := *patient
	prober.Resolver = names.Resolver()
	for url, want := range map[string]answer{
		"http://nowhere.test/":                         {Reason: check.DNSNotFound, Method: "HEAD"},
		"http://mail.test/":                            {Reason: check.DNSNotFound, Method: "HEAD"},
		"http://failing.test/":                         {Reason: check.DNSTemporary, Method: "GET"},
		"http://" + strings.Repeat("a", 64) + ".test/": {Reason: check.DNSNotFound, Method: "HEAD"},
	} {
		expect(t, prober.Check(t.Context(), url, true), want)
	}
}

func TestAnInternationalNameIsLookedUpInPunycode(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"xn--j1ay.xn--p1ai": probetest.At("127.0.0.1")})
	prober := *patient
	prober.Resolver = names.Resolver()
	site := probetest.NewSite(t, respond(200))
	got := prober.Check(t.Context(), "http://кц.рф:"+site.Port()+"/ru/?q=я", false)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"})
	if want := "http://xn--j1ay.xn--p1ai:" + site.Port() + "/ru/?q=%D1%8F"; got.FinalURL != want {
		t.Errorf("final URL %s, want %s", got.FinalURL, want)
	}
}
