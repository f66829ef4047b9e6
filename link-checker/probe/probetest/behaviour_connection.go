package probetest

import (
	"net"
	"net/http"
	"sync/atomic"

	"github.com/linkwell/linkwell/link-checker/check"
)

// connectionBehaviours do something with the connection instead of answering.
var connectionBehaviours = []Behaviour{
	{Case: 51, Name: "never shakes hands", Hangs: true, Want: finds(check.TimeoutTLS, 0), url: func(w *Web) string { return "https://" + w.raw(Silent) + "/page" }},
	{Case: 52, Name: "never answers", Hangs: true, Want: finds(check.TimeoutHeaders, 0), url: scripted(Silent)},
	{Case: 54, Name: "closed port", Want: finds(check.Refused, 0), url: func(w *Web) string { return "http://" + w.closed() + "/page" }},
	{Case: 55, Name: "resets", Want: finds(check.Reset, 0), url: scripted(Reset)},
	{Case: 55, Name: "hangs up", Want: finds(check.Reset, 0), url: scripted(HangUp)},
	{Case: 55, Name: "hangs up in the headers", Want: finds(check.Reset, 0), url: scripted(Answer("HTTP/1.1 200 OK\r\nX: y\r\n"))},
	{Case: 55, Name: "resets two connections, then answers", Want: finds(check.OK, 200), url: func(w *Web) string {
		var connections atomic.Int64
		return "http://" + w.raw(func(conn net.Conn) {
			if connections.Add(1) <= 2 {
				Reset(conn)
			} else {
				Answer(answer("200 OK", "page"))(conn)
			}
		}) + "/page"
	}},
	{Case: 56, Name: "closes the connection that HEAD used", Want: finds(check.OK, 200), url: scripted(oncePerConnection(""))},
	{Case: 56, Name: "talks nonsense on the connection that HEAD used", Want: finds(check.OK, 200), url: scripted(oncePerConnection("nonsense\r\n\r\n"))},
}

// oncePerConnection is a script that serves one request well, HEAD with 405, and answers the next on the connection with
// these bytes.
func oncePerConnection(then string) func(net.Conn) {
	return func(conn net.Conn) {
		served := false
		Dialogue(func(r *http.Request) string {
			switch {
			case served:
				return then
			case r.Method == http.MethodHead:
				served = true
				return "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
			}
			served = true
			return answer("200 OK", "page")
		})(conn)
	}
}
