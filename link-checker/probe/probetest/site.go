// Package probetest is a small hostile internet on this machine. Behaviours lists what the web does to checkers, by name
// and with what is right each time, and a Web brings them to life. Below them are web servers that count who calls, raw TCP
// servers that say anything or nothing, a name server, and a certificate authority. Everything ends with its test.
package probetest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// Loopback is what a prober must be allowed in order to check what this package serves.
var Loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// A Site is a web server that remembers its requests and counts its connections.
type Site struct {
	*httptest.Server
	connections atomic.Int64
	// remembers is off for the sites of a Web, which may be asked for ever.
	remembers bool

	mu       sync.Mutex
	requests []*http.Request
}

// NewSite serves handler over plain HTTP on 127.0.0.1 until the test ends. The context of every request ends with the test
// too, so a handler may hang until it is done.
func NewSite(t testing.TB, handler http.HandlerFunc) *Site {
	site := newSite(t, "127.0.0.1", handler)
	site.remembers = true
	site.Start()
	return site
}

// newSite is a site that listens on host and does not serve yet.
func newSite(t testing.TB, host string, handler http.HandlerFunc) *Site {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatalf("listen on %s: %v", host, err)
	}
	site := &Site{}
	site.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if site.remembers {
			site.remember(r)
		}
		handler(w, r)
	}))
	site.Listener.Close()
	site.Listener = listener
	site.Config.ErrorLog = unread
	site.Config.BaseContext = func(net.Listener) context.Context { return t.Context() }
	site.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			site.connections.Add(1)
		}
	}
	t.Cleanup(func() {
		site.CloseClientConnections()
		site.Close()
	})
	return site
}

func (s *Site) remember(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Clone(r.Context()))
}

// Connections is how many connections the site has accepted so far.
func (s *Site) Connections() int { return int(s.connections.Load()) }

// Requests lists the requests so far, oldest first, without their bodies.
func (s *Site) Requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.requests...)
}

// Asked lists the requests so far as "METHOD path".
func (s *Site) Asked() []string {
	var asked []string
	for _, r := range s.Requests() {
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
	}
	return asked
}

// Port is the site's TCP port.
func (s *Site) Port() string {
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		panic("probetest: a listener's address has no port: " + err.Error())
	}
	return port
}
