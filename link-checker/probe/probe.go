// Package probe answers one question: does this URL work? URL in, check.Result out. It knows nothing of NATS or OpenFaaS.
//
// One check is a session or two: its own connections, cookies and deadline, none of which outlive it. The session follows
// the URL's redirects with HEAD and, where that does not settle it, with GET (attempt.go); what fails for a reason that
// can be mended is asked once more, differently, in a second session (correct.go). Every address is judged where it is
// dialled (guard.go); every status code and every error has one reason (classify_*.go); what a page says of itself
// becomes notes (page.go and the files of its signs).
package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// DefaultTimeout bounds a check whose Prober has no Timeout.
const DefaultTimeout = 10 * time.Second

// A Prober checks URLs. The zero value is ready to use; a Prober is safe for concurrent use as long as nobody changes it.
type Prober struct {
	// Timeout bounds one check as a whole: lookups, dials, handshakes, hops and bodies. Zero means DefaultTimeout.
	Timeout time.Duration
	// Allow lists what may be checked although it is not on the public internet (CHECK_ALLOW).
	Allow []netip.Prefix
	// UserAgent is the name we give. Empty means DefaultUserAgent.
	UserAgent string
	// Resolver looks names up. Nil means Go's own resolver, whose answers do not depend on the machine's C library.
	Resolver *net.Resolver
	// Now is the clock of CheckedAt, DurationMS, Timings and Retry-After; it must be safe for concurrent use. Nil means
	// time.Now. Deadlines always follow the real clock.
	Now func() time.Time
	// RootCAs are the certificate authorities to believe. Nil means the system's.
	RootCAs *x509.CertPool

	canary func(address string) error // see dialer.canary
}

// Check finds out whether rawURL works: with HEAD, with GET where HEAD does not settle it or confirm asks for it, and once
// more where it failed for a reason that asking differently may mend.
// It never fails, whatever it meets is a Result, and it never sleeps; it returns when it knows, at the latest when
// Timeout or ctx's deadline has passed.
//
// Result.URL is rawURL as given, and so holds a password if rawURL does (which makes it a bad_url); nothing else in the
// Result ever holds userinfo. A blocked_address has neither Timings nor DurationMS, so that nobody can tell how long an
// inside name took to look up. If ctx is cancelled, or done before anything was asked, the reason is internal: the caller
// going away says nothing about the site.
func (p *Prober) Check(ctx context.Context, rawURL string, confirm bool) check.Result {
	started := p.now()
	result := p.decide(ctx, rawURL, confirm)
	ended := p.now()
	result.URL = rawURL
	if result.Reason != check.BlockedAddress {
		result.DurationMS = max(0, ended.Sub(started).Milliseconds())
	}
	result.CheckedAt = ended.UTC().Truncate(time.Millisecond)
	return result
}

func (p *Prober) decide(ctx context.Context, rawURL string, confirm bool) check.Result {
	start, err := startURL(rawURL)
	if err != nil {
		return verdict(gateReason(err))
	}
	if ctx.Err() != nil {
		return verdict(check.Internal)
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout())
	defer cancel()
	deadline, _ := ctx.Deadline() // ours or, if it comes first, the caller's
	dialer := newDialer(deadline, Guard{Allow: p.Allow}, p.resolver())
	defer dialer.close()
	dialer.canary = p.canary
	// A server can keep crypto/tls writing, and then even the end of a request waits for the connection. The grace lets
	// requests end by themselves first, so that it is their deadline that is reported.
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(closingGrace, dialer.close) })
	defer stop()
	s := newSession(settings{now: p.now, dialer: dialer, roots: p.RootCAs, identity: honest(p.userAgent())})
	defer s.close()
	return s.attempt(ctx, start, confirm)
}

// closingGrace is how long after the end of a check's time its connections are closed, whoever still uses them.
const closingGrace = 100 * time.Millisecond

// startURL is rawURL past the gate and in the form it is sent.
func startURL(rawURL string) (*url.URL, error) {
	u, err := check.ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	return sendable(u)
}

// gateReason is the reason for which check.ParseURL or sendable refused a URL.
func gateReason(err error) check.Reason {
	var refusal *check.URLError
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return check.BadURL
}

func verdict(reason check.Reason) check.Result {
	var result check.Result
	result.Decide(reason)
	return result
}

func (p *Prober) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	return DefaultTimeout
}

func (p *Prober) userAgent() string {
	if p.UserAgent != "" {
		return p.UserAgent
	}
	return DefaultUserAgent
}

func (p *Prober) resolver() *net.Resolver {
	if p.Resolver != nil {
		return p.Resolver
	}
	return goResolver
}

func (p *Prober) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}
