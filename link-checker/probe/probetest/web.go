package probetest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// A Web is where behaviours live: servers on one address of this machine, a name server, and a certificate authority.
// Everything starts when it is needed and ends with the test.
type Web struct {
	t    testing.TB
	host string

	names     func() *NameServer
	authority func() *Authority
	odd       atomic.Int64 // how many names were made up
}

// NewWeb is a web whose servers listen on host, an IPv4 address of this machine.
func NewWeb(t testing.TB, host string) *Web {
	return &Web{
		t: t, host: host,
		names:     sync.OnceValue(func() *NameServer { return NewNameServer(t, nil) }),
		authority: sync.OnceValue(func() *Authority { return NewAuthority(t) }),
	}
}

// URL starts what b needs, anew at each call, and returns the URL to check.
func (w *Web) URL(b Behaviour) string {
	w.t.Helper()
	return b.url(w)
}

// Resolver knows the web's names.
func (w *Web) Resolver() *net.Resolver { return w.names().Resolver() }

// RootCAs believes the web's authority.
func (w *Web) RootCAs() *x509.CertPool { return w.authority().Pool() }

// site serves handler.
func (w *Web) site(handler http.HandlerFunc) *Site {
	site := newSite(w.t, w.host, handler)
	site.Start()
	return site
}

// tlsSite serves handler over TLS with the certificate that leaf describes, for the web's host if it names nobody else.
func (w *Web) tlsSite(issuer *Authority, leaf Leaf, change func(*tls.Config), handler http.HandlerFunc) *Site {
	if len(leaf.Names) == 0 {
		leaf.Names = []string{w.host}
	}
	site := newTLSSite(w.t, w.host, issuer.Issue(w.t, leaf), change, handler)
	site.StartTLS()
	return site
}

// raw runs script for each connection, and returns where.
func (w *Web) raw(script func(net.Conn)) string {
	return NewRawOn(w.t, net.JoinHostPort(w.host, "0"), script).Address()
}

// named lets a name lead to addresses, "" standing for the web's own, and returns it with port.
func (w *Web) named(name, port string, addresses ...string) string {
	for i := range addresses {
		if addresses[i] == "" {
			addresses[i] = w.host
		}
	}
	w.names().Add(name, At(addresses...))
	return net.JoinHostPort(name, port)
}

// closed is an address where nobody listens.
func (w *Web) closed() string {
	listener, err := net.Listen("tcp", net.JoinHostPort(w.host, "0"))
	if err != nil {
		w.t.Fatalf("find a port: %v", err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// at is the URL of /page on a site of its own that handler serves.
func at(handler http.HandlerFunc) func(*Web) string {
	return func(w *Web) string { return w.site(handler).URL + "/page" }
}

// scripted is the URL of /page on a server that follows no protocol but its script.
func scripted(script func(net.Conn)) func(*Web) string {
	return func(w *Web) string { return "http://" + w.raw(script) + "/page" }
}

// typed is a URL that is the behaviour itself.
func typed(url string) func(*Web) string { return func(*Web) string { return url } }
