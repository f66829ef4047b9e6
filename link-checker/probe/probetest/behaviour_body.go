package probetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

const okLine = "HTTP/1.1 200 OK\r\n"

// bodyBehaviours have good or strange headers, and a strange body.
var bodyBehaviours = []Behaviour{
	{Case: 46, Name: "body that breaks off", Want: finds(check.OK, 200, check.BodyError), url: scripted(Answer(okLine + "Content-Length: 1000\r\n\r\nnine byte"))},
	{Case: 46, Name: "bad chunk", Want: finds(check.OK, 200, check.BodyError), url: scripted(Answer(okLine + "Transfer-Encoding: chunked\r\n\r\nzz\r\npage\r\n0\r\n\r\n"))},
	{Case: 46, Name: "bad gzip", Want: finds(check.OK, 200), url: scripted(Answer(okLine + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\npage"))},
	{Case: 46, Name: "body longer than it says", Want: finds(check.OK, 200), url: scripted(Answer(okLine + "Content-Length: 1\r\n\r\npage"))},
	{Case: 46, Name: "404 with a body that breaks off", Want: finds(check.NotFound, 404, check.BodyError), url: scripted(Answer("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot"))},
	{Case: 47, Name: "malformed media type", Want: finds(check.OK, 200), url: scripted(Answer(okLine + "Content-Type: ;;=\r\nContent-Length: 4\r\n\r\npage"))},
	{Case: 47, Name: "no media type", Want: finds(check.OK, 200), url: scripted(Answer(okLine + "Content-Length: 4\r\n\r\npage"))},
	{Case: 48, Name: "body that drips for ever", Want: finds(check.OK, 200), url: at(pour("a", 20*time.Millisecond))},
	{Case: 48, Name: "body of 50 MB", Want: finds(check.OK, 200), url: scripted(flood(50 << 20))},
	{Case: 48, Name: "body that never comes", Want: finds(check.OK, 200), url: at(pour("", time.Hour))},
	{Case: 49, Name: "16 KB of headers", Want: finds(check.OK, 200), url: scripted(headers(16 << 10))},
	{Case: 49, Name: "900 KB of headers", Want: finds(check.OK, 200), url: scripted(headers(900 << 10))},
	{Case: 49, Name: "2 MB of headers", Want: finds(check.BadHTTP, 0), url: scripted(headers(2 << 20))},
	{Case: 49, Name: "20 MB of headers", Want: finds(check.BadHTTP, 0), url: scripted(headers(20 << 20))},
	{Case: 50, Name: "headers that drip for ever", Hangs: true, Want: finds(check.TimeoutHeaders, 0), url: scripted(DripHeaders)},
}

// pour answers with headers at once, and then writes chunk at each interval until the client has gone.
func pour(chunk string, interval time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		if r.Method == http.MethodHead {
			return
		}
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
			}
			_, _ = io.WriteString(w, chunk)
			w.(http.Flusher).Flush()
		}
	}
}

// flood is a script that answers each request with headers and, unless it was HEAD, a body of n bytes.
func flood(n int) func(net.Conn) {
	return func(conn net.Conn) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(64 << 10) // megabytes of it in the kernel would only cost the test time
		}
		for reader := bufio.NewReader(conn); ; {
			request, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			_, err = fmt.Fprintf(conn, okLine+"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n", n)
			chunk := strings.Repeat("a", 64<<10)
			for left := n; left > 0 && err == nil && request.Method != http.MethodHead; left -= len(chunk) {
				_, err = io.WriteString(conn, chunk[:min(left, len(chunk))])
			}
			if err != nil {
				return
			}
		}
	}
}

// headers is a script that answers with one header of n bytes.
func headers(n int) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, err := io.WriteString(conn, okLine+"X: ")
		chunk := strings.Repeat("a", 64<<10)
		for left := n; left > 0 && err == nil; left -= len(chunk) {
			_, err = io.WriteString(conn, chunk[:min(left, len(chunk))])
		}
		_, _ = io.WriteString(conn, "\r\nContent-Length: 0\r\n\r\n")
	}
}

// DripHeaders is a script that answers a request with one byte of header after the other for as long as somebody reads.
func DripHeaders(conn net.Conn) {
	_, _ = http.ReadRequest(bufio.NewReader(conn))
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	_, err := fmt.Fprint(conn, okLine+"X: ")
	for err == nil {
		<-tick.C
		_, err = fmt.Fprint(conn, "a")
	}
}
