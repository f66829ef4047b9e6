package probetest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// A Raw is a TCP server that follows no protocol but its script.
type Raw struct {
	listener net.Listener
	accepted atomic.Int64

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// NewRaw listens on 127.0.0.1 and runs script for every connection, which is closed when script returns or the test ends.
func NewRaw(t testing.TB, script func(net.Conn)) *Raw { return NewRawOn(t, "127.0.0.1:0", script) }

// NewRawOn is NewRaw on another address.
func NewRawOn(t testing.TB, address string, script func(net.Conn)) *Raw {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("listen on %s: %v", address, err)
	}
	raw := &Raw{listener: listener, conns: make(map[net.Conn]bool)}
	var running sync.WaitGroup
	running.Go(func() { raw.accept(&running, script) })
	t.Cleanup(func() {
		raw.close()
		running.Wait()
	})
	return raw
}

func (r *Raw) accept(running *sync.WaitGroup, script func(net.Conn)) {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.accepted.Add(1)
		r.hold(conn)
		running.Go(func() {
			defer r.drop(conn)
			script(conn)
		})
	}
}

func (r *Raw) hold(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[conn] = true
}

func (r *Raw) drop(conn net.Conn) {
	conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
}

func (r *Raw) close() {
	r.listener.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.conns {
		conn.Close()
	}
}

// Accepted is how many connections came so far.
func (r *Raw) Accepted() int { return int(r.accepted.Load()) }

// Address is the server's host:port.
func (r *Raw) Address() string { return r.listener.Addr().String() }

// Silent is a script that reads and never answers.
func Silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// HangUp is a script that reads one request and closes without a word.
func HangUp(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) }

// Reset is a script that reads one request and resets the connection.
func Reset(conn net.Conn) {
	_, _ = http.ReadRequest(bufio.NewReader(conn))
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// Answer is a script that answers one request with exactly these bytes, then closes.
func Answer(bytes string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, bytes)
	}
}

// Greet is a script that sends these bytes without waiting for a request, as SSH and mail servers do, and then reads.
func Greet(bytes string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, bytes)
		Silent(conn)
	}
}

// Dialogue is a script that answers each request with what answer returns for it, on one connection; it closes when
// answer returns "".
func Dialogue(answer func(*http.Request) string) func(net.Conn) {
	return func(conn net.Conn) {
		for reader := bufio.NewReader(conn); ; {
			request, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			bytes := answer(request)
			if _, err := io.WriteString(conn, bytes); err != nil || bytes == "" {
				return
			}
		}
	}
}
