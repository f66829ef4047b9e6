package probe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// An exchange is one request and its answer: response, or err and the reason it stands for; both where an answer came that
// is not to be believed (verifyAddress).
type exchange struct {
	response *http.Response
	err      error
	reason   check.Reason
	progress progress

	ctx    context.Context // the request's own; cancel ends it and whatever still reads the body
	cancel context.CancelFunc
}

// ask sends one request and reads the answer's headers. A connection that HEAD used may be spoiled: the server sent a
// body after HEAD's answer, or closed it while idle. What comes over it then says nothing about this request, which is
// sent once more over a fresh one. No connection on which a request failed is used again; one that was only too slow may
// still come.
func (s *session) ask(ctx context.Context, method string, at *url.URL) *exchange {
	e := s.askOnce(ctx, method, at)
	if e.spoiled() {
		e.close()
		s.reconnect()
		e = s.askOnce(ctx, method, at)
	}
	if e.err != nil && ctx.Err() == nil {
		s.reconnect()
	}
	return e
}

func (s *session) askOnce(ctx context.Context, method string, at *url.URL) *exchange {
	ctx, cancel := context.WithCancel(ctx)
	trace := &trace{now: s.now, stop: cancel}
	request := (&http.Request{Method: method, URL: asSent(at), Header: s.identity}).WithContext(trace.follow(ctx))
	s.cookies.send(request)
	response, err := s.transport.RoundTrip(request) //nolint:bodyclose // exchange.close does
	e := &exchange{response: response, err: err, progress: trace.snapshot(), ctx: ctx, cancel: cancel}
	if err != nil {
		if errors.Is(err, context.Cause(ctx)) {
			e.err = ctx.Err() // whatever cause our caller gave its context
		}
		e.reason = classifyError(e.err, at.Hostname(), e.progress)
		return e
	}
	if s.unverified {
		e.verifyAddress(at.Hostname())
	}
	response.Request = request // for cookies; a Transport does not promise it
	s.cookies.keep(response)
	return e
}

// verifyAddress does for hosts that are addresses what verifyName does for names: it turns an answer into an error unless
// the server's certificate is for host.
func (e *exchange) verifyAddress(host string) {
	if e.response.TLS == nil {
		return
	}
	if err := e.response.TLS.PeerCertificates[0].VerifyHostname(host); err != nil {
		e.err, e.reason = err, check.TLSHostname
	}
}

// asSent is at with its path as servers get it: with each stray %, which net/url knows no way to send but as opaque. A path
// that starts with // it would take for a host; there the % is escaped after all.
func asSent(at *url.URL) *url.URL {
	path := at.EscapedPath()
	raw := check.WithStrayPercents(path)
	if raw == path {
		return at
	}
	sent := *at
	if !strings.HasPrefix(raw, "//") {
		sent.Opaque = raw
		return &sent
	}
	sent.RawPath = check.WithEscapedPercents(path)
	sent.Path, _ = url.PathUnescape(sent.RawPath) // of escapes only
	return &sent
}

func (e *exchange) spoiled() bool {
	if e.err == nil || !e.progress.reused {
		return false
	}
	return e.reason == check.BadHTTP || e.reason == check.Reset || e.reason == check.HTTP2Error
}

// close returns the connection for the next request if the body was read to its end, and closes it otherwise.
func (e *exchange) close() {
	if e.response != nil {
		_ = e.response.Body.Close() // nothing of it is needed any more
	}
	e.cancel()
}
