package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A phase is how far a request has come.
type phase int

const (
	starting phase = iota // nothing was done yet
	looking               // the name is being looked up
	connecting
	shaking // the TLS handshake is under way
	waiting // the connection stands, the answer's headers are missing
)

// progress is how far one request came and how long each phase took.
type progress struct {
	phase   phase
	timings check.Timings
	// reused means that the connection had served another request.
	reused bool
	// http2 means that client and server agreed on HTTP/2.
	http2 bool
	// connected means that TCP stands; refused, that the guard turned an address away.
	connected, refused bool
	// certificateAsked means that the server wants to see a certificate of ours.
	certificateAsked bool
	// repeated means that net/http was about to send the request over HTTP/2 once too often, and was stopped.
	repeated bool
}

// blocked reports whether the guard is why there is no connection. One refused address is enough, whichever was tried
// first and whatever happened to the host's others, so that the verdict is no matter of who wins a race.
func (p progress) blocked() bool { return p.refused && !p.connected }

// A trace notes one request's progress. Its hooks may be called by a dial that outlives the request.
type trace struct {
	now func() time.Time
	// stop ends the request.
	stop context.CancelFunc

	mu                                   sync.Mutex
	progress                             progress
	sent                                 bool
	lookup, connect, handshake, question time.Time // when each phase began
}

// snapshot is the progress so far.
func (t *trace) snapshot() progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.progress
}

type traceKey struct{}

// follow returns a context for the request to be traced with.
func (t *trace) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(context.WithValue(ctx, traceKey{}, t), t.hooks())
}

// noCertificate is for tls.Config.GetClientCertificate: we have none, and the request's trace learns that it was wanted.
func noCertificate(wanted *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if t, ok := wanted.Context().Value(traceKey{}).(*trace); ok {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.progress.certificateAsked = true
	}
	return &tls.Certificate{}, nil
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { t.begin(looking, &t.lookup) },
		DNSDone:              func(httptrace.DNSDoneInfo) { t.end(&t.progress.timings.DNS, &t.lookup) },
		ConnectStart:         func(string, string) { t.begin(connecting, &t.connect) },
		ConnectDone:          func(_, _ string, err error) { t.connectDone(err) },
		TLSHandshakeStart:    func() { t.begin(shaking, &t.handshake) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { t.end(&t.progress.timings.TLS, &t.handshake) },
		GotConn:              t.gotConn,
		GotFirstResponseByte: func() { t.end(&t.progress.timings.FirstByte, &t.question) },
	}
}

// begin keeps the first beginning: a host's addresses may be dialled at the same time.
func (t *trace) begin(at phase, since *time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.phase = max(t.progress.phase, at)
	if since.IsZero() {
		*since = t.now()
	}
}

func (t *trace) end(took *int64, since *time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*took = t.now().Sub(*since).Milliseconds()
}

func (t *trace) connectDone(err error) {
	if err == nil {
		t.end(&t.progress.timings.Connect, &t.connect)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.connected = t.progress.connected || err == nil
	t.progress.refused = t.progress.refused || errors.Is(err, ErrBlocked)
}

// gotConn is called again for each time that net/http sends the request. That it does so once, if the connection it was
// sent over was used before, is good: the server may have closed it. Over HTTP/2 it would do so up to six times, and sleep
// in between for as long as the check has.
func (t *trace) gotConn(got httptrace.GotConnInfo) {
	t.begin(waiting, &t.question)
	t.mu.Lock()
	defer t.mu.Unlock()
	again, onlyStale := t.sent, t.progress.reused && !got.Reused
	t.sent = true
	t.progress.reused = got.Reused
	t.progress.http2 = speaksHTTP2(got.Conn)
	if again && !onlyStale && t.progress.http2 {
		t.progress.repeated = true
		t.stop()
	}
}

func speaksHTTP2(conn net.Conn) bool {
	secure, ok := conn.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}
