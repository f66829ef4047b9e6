package probetest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"

	"golang.org/x/net/http2"

	"github.com/linkwell/linkwell/link-checker/check"
)

// protocolBehaviours speak another protocol than they should, or speak it badly.
var protocolBehaviours = []Behaviour{
	{Case: 62, Name: "http on a TLS port", Want: finds(check.ProtocolMismatch, 400), url: func(w *Web) string {
		site := w.tlsSite(w.authority(), Leaf{}, nil, respond(http.StatusOK))
		return strings.Replace(site.URL, "https:", "http:", 1) + "/page"
	}, NeedsRoots: true},
	{Case: 62, Name: "http on a TLS port that answers with an alert", NeedsRoots: true, Want: finds(check.ProtocolMismatch, 0), url: func(w *Web) string {
		return "http://" + w.tls([]string{"http/1.1"}, Answer(answer("200 OK", "page"))) + "/page"
	}},
	{Case: 62, Name: "http answered with an alert, and https with nothing", Want: finds(check.BadHTTP, 0), url: scripted(Answer("\x15\x03\x01\x00\x02\x02\x16"))},
	{Case: 62, Name: "https on a plain port", Want: finds(check.ProtocolMismatch, 0), url: func(w *Web) string {
		return strings.Replace(w.site(respond(http.StatusOK)).URL, "http:", "https:", 1) + "/page"
	}},
	{Case: 63, Name: "HTTP/2 stream that breaks", NeedsRoots: true, Want: finds(check.OK, 200), url: func(w *Web) string {
		return w.tlsSite(w.authority(), Leaf{}, nil, func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor == 2 {
				panic(http.ErrAbortHandler)
			}
			Page(w, http.StatusOK, "A page")
		}).URL + "/page"
	}},
	{Case: 63, Name: "HTTP/2 that says go away", NeedsRoots: true, Want: finds(check.OK, 200), url: breaksHTTP2(goAway(http2.ErrCodeInternal))},
	{Case: 63, Name: "HTTP/2 that says go away in all friendliness", NeedsRoots: true, Want: finds(check.OK, 200), url: breaksHTTP2(goAway(http2.ErrCodeNo))},
	{Case: 63, Name: "HTTP/2 that refuses every stream", NeedsRoots: true, Want: finds(check.OK, 200), url: breaksHTTP2(refuseStream)},
	{Case: 63, Name: "HTTP/2 that breaks, and no other", NeedsRoots: true, Want: finds(check.HTTP2Error, 0), url: func(w *Web) string {
		return "https://" + w.tls([]string{"h2"}, speakHTTP2(goAway(http2.ErrCodeInternal))) + "/page"
	}},
	{Case: 64, Name: "SSH", Want: finds(check.BadHTTP, 0), url: scripted(Greet("SSH-2.0-OpenSSH_9.6\r\n"))},
	{Case: 64, Name: "SSH on https", Want: finds(check.TLSProtocol, 0), url: func(w *Web) string { return "https://" + w.raw(Greet("SSH-2.0-OpenSSH_9.6\r\n")) + "/page" }},
	{Case: 64, Name: "HTTP/0.9", Want: finds(check.BadHTTP, 0), url: scripted(Answer("<html>hello</html>\r\n"))},
	{Case: 64, Name: "ICY", Want: finds(check.BadHTTP, 0), url: scripted(Answer("ICY 200 OK\r\n\r\n"))},
	{Case: 64, Name: "two lengths", Want: finds(check.BadHTTP, 0), url: scripted(Answer(okLine + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"))},
	{Case: 64, Name: "negative length", Want: finds(check.BadHTTP, 0), url: scripted(Answer(okLine + "Content-Length: -1\r\n\r\n"))},
	{Case: 64, Name: "header without a colon", Want: finds(check.BadHTTP, 0), url: scripted(Answer(okLine + "nonsense\r\n\r\n"))},
	{Case: 64, Name: "control byte in the Location", Want: finds(check.BadHTTP, 0), url: scripted(Answer("HTTP/1.1 302 Found\r\nLocation: /a\x01b\r\nContent-Length: 0\r\n\r\n"))},
	{Case: 65, Name: "lines that end with LF only", Want: finds(check.OK, 200), url: scripted(Answer("HTTP/1.1 200 OK\nContent-Length: 0\n\n"))},
	{Case: 65, Name: "space in a header's name", Want: finds(check.OK, 200), url: scripted(Answer(okLine + "X Powered By: magic\r\nContent-Length: 0\r\n\r\n"))},
}

// tls runs script over TLS with the web's authority behind it, and returns where. Whoever cannot shake hands gets an alert.
func (w *Web) tls(protocols []string, script func(net.Conn)) string {
	certificate := w.authority().Issue(w.t, Leaf{Names: []string{w.host}})
	return w.raw(func(conn net.Conn) {
		secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: protocols})
		if secure.Handshake() != nil {
			_, _ = io.WriteString(conn, "\x15\x03\x01\x00\x02\x02\x46") // fatal: protocol_version
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
			Silent(conn)
			return
		}
		defer secure.Close()
		script(secure)
	})
}

// breaksHTTP2 is a page in HTTP/1.1, on a server that treats each request in HTTP/2 so.
func breaksHTTP2(treat func(*http2.Framer, uint32) bool) func(*Web) string {
	return func(w *Web) string {
		return "https://" + w.tls([]string{"h2", "http/1.1"}, func(conn net.Conn) {
			if conn.(*tls.Conn).ConnectionState().NegotiatedProtocol == "h2" {
				speakHTTP2(treat)(conn)
			} else {
				Answer(answer("200 OK", "page"))(conn)
			}
		}) + "/page"
	}
}

// speakHTTP2 is a script that calls treat with each stream that a request opens, until it returns false.
func speakHTTP2(treat func(framer *http2.Framer, stream uint32) bool) func(net.Conn) {
	return func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(reader, preface); err != nil || string(preface) != http2.ClientPreface {
			return
		}
		framer := http2.NewFramer(conn, reader)
		if framer.WriteSettings() != nil {
			return
		}
		for {
			frame, err := framer.ReadFrame()
			if err != nil || frame.Header().Type == http2.FrameHeaders && !treat(framer, frame.Header().StreamID) {
				return
			}
		}
	}
}

// goAway ends the connection, as overloaded servers and those that restart do.
func goAway(code http2.ErrCode) func(*http2.Framer, uint32) bool {
	return func(framer *http2.Framer, _ uint32) bool {
		_ = framer.WriteGoAway(0, code, nil)
		return false
	}
}

func refuseStream(framer *http2.Framer, stream uint32) bool {
	return framer.WriteRSTStream(stream, http2.ErrCodeRefusedStream) == nil
}
