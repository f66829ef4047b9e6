package probetest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// methodBehaviours treat HEAD otherwise than GET.
var methodBehaviours = []Behaviour{
	{Case: 1, Name: "HEAD 405, GET 200", Want: finds(check.OK, 200), url: at(byMethod(405, 200))},
	{Case: 2, Name: "HEAD 403, GET 200", Want: finds(check.OK, 200), url: at(byMethod(403, 200))},
	{Case: 2, Name: "HEAD 404, GET 200", Want: finds(check.OK, 200), url: at(byMethod(404, 200))},
	{Case: 2, Name: "HEAD 410, GET 200", Want: finds(check.OK, 200), url: at(byMethod(410, 200))},
	{Case: 2, Name: "HEAD 500, GET 200", Want: finds(check.OK, 200), url: at(byMethod(500, 200))},
	{Case: 2, Name: "HEAD 501, GET 200", Want: finds(check.OK, 200), url: at(byMethod(501, 200))},
	{Case: 2, Name: "HEAD 503, GET 200", Want: finds(check.OK, 200), url: at(byMethod(503, 200))},
	{Case: 3, Name: "HEAD hangs, GET 200", Want: finds(check.OK, 200), url: at(onHEAD(hang))},
	{Case: 4, Name: "HEAD is reset, GET 200", Want: finds(check.OK, 200), url: at(onHEAD(reset))},
	{Case: 4, Name: "HEAD is hung up on, GET 200", Want: finds(check.OK, 200), url: at(onHEAD(hangUp))},
	{Case: 5, Name: "HEAD redirects for ever, GET 200", Want: finds(check.OK, 200), url: at(onHEAD(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	}))},
	{Case: 6, Name: "HEAD 200 with a body", Want: finds(check.OK, 200), url: scripted(Dialogue(func(*http.Request) string { return answer("200 OK", "page") }))},
	{Case: 6, Name: "HEAD 404 with a body, GET 200", Want: finds(check.OK, 200), url: scripted(Dialogue(func(r *http.Request) string {
		if r.Method == http.MethodHead {
			return answer("404 Not Found", "not found")
		}
		return answer("200 OK", "page")
	}))},
	{Case: 7, Name: "HEAD 200, GET 404", Want: finds(check.NotFound, 404), url: at(byMethod(200, 404))},
	{Case: 8, Name: "HEAD 405, GET 502", Want: finds(check.ServerError, 502), url: at(byMethod(405, 502))},
}

// Page writes an ordinary HTML page with a status.
func Page(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%[1]s</h1><p>Some text.</p></body></html>", title)
}

func respond(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { Page(w, status, "A page") }
}

// byMethod answers HEAD and GET with pages of these statuses.
func byMethod(head, get int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			Page(w, head, "A page")
		} else {
			Page(w, get, "A page")
		}
	}
}

// onHEAD treats HEAD so, and answers GET with a page.
func onHEAD(treat http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			treat(w, r)
		} else {
			Page(w, http.StatusOK, "A page")
		}
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func hangUp(w http.ResponseWriter, _ *http.Request) { takeOver(w).Close() }

func reset(w http.ResponseWriter, _ *http.Request) {
	conn := takeOver(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// takeOver takes the connection from the server.
func takeOver(w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic("probetest: take over a connection: " + err.Error())
	}
	return conn
}

// answer is a well-formed HTTP/1.1 answer.
func answer(status, body string, headers ...string) string {
	var b strings.Builder
	_, _ = io.WriteString(&b, "HTTP/1.1 "+status+"\r\n")
	for _, header := range headers {
		_, _ = io.WriteString(&b, header+"\r\n")
	}
	_, _ = fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}
