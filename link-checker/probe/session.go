package probe

import (
	"crypto/x509"
	"net/http"
	"time"
)

// settings are how a session asks.
type settings struct {
	now    func() time.Time
	dialer *dialer // the check's, shared by its sessions
	roots  *x509.CertPool
	// identity is the header set of every request.
	identity http.Header
	// http1 leaves HTTP/2 out.
	http1 bool
	// unverified believes every certificate that names its host, and then takes neither cookies nor bodies from a server
	// that may be anybody.
	unverified bool
}

// A session is one visitor: what it asks, it asks over connections and with cookies of its own.
type session struct {
	settings
	transport *http.Transport
	cookies   *cookies // nil: none are taken
}

func newSession(how settings) *session {
	s := &session{settings: how, transport: newTransport(how)}
	if !how.unverified {
		s.cookies = new(cookies)
	}
	return s
}

// reconnect leaves behind the connections so far.
func (s *session) reconnect() {
	s.close()
	s.transport = newTransport(s.settings)
}

// close ends what the transport still dials; the dialer closes what it has opened.
func (s *session) close() { s.transport.CloseIdleConnections() }
