package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/linkwell/linkwell/link-checker/check"
)

// classifyError is the reason why a request to host that came as far as at got no answer. The order matters: a lookup's
// error may wrap the refused connection of a name server, and a handshake may time out.
func classifyError(err error, host string, at progress) check.Reason {
	if at.blocked() || errors.Is(err, ErrBlocked) {
		return check.BlockedAddress
	}
	if at.repeated {
		return check.HTTP2Error
	}
	if errors.Is(err, context.Canceled) {
		return check.Internal // by our caller
	}
	if reason := classifyCertificate(err, host); reason != "" {
		return reason
	}
	for _, classify := range []func(error, progress) check.Reason{
		classifyLookup, classifyTimeout, classifyHandshake, classifyConnection, classifyProtocol,
	} {
		if reason := classify(err, at); reason != "" {
			return reason
		}
	}
	return unknownAt[at.phase]
}

// unknownAt is what an error nobody knows stands for: something failed in its phase.
var unknownAt = map[phase]check.Reason{
	starting:   check.Internal,
	looking:    check.DNSTemporary,
	connecting: check.UnreachableNet,
	shaking:    check.TLSProtocol,
	waiting:    check.BadHTTP,
}

// timeoutAt has timeout_headers for a request that had no time left to start: the hops before it used it up.
var timeoutAt = map[phase]check.Reason{
	starting:   check.TimeoutHeaders,
	looking:    check.TimeoutDNS,
	connecting: check.TimeoutConnect,
	shaking:    check.TimeoutTLS,
	waiting:    check.TimeoutHeaders,
}

func classifyLookup(err error, _ progress) check.Reason {
	var lookup *net.DNSError
	switch {
	case !errors.As(err, &lookup):
		return ""
	case lookup.IsTimeout:
		return check.TimeoutDNS
	case lookup.IsNotFound:
		return check.DNSNotFound
	}
	return check.DNSTemporary
}

func classifyTimeout(err error, at progress) check.Reason {
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return timeoutAt[at.phase]
	}
	return ""
}

// connectionReasons is what the errors of the network mean; the first that err wraps decides.
var connectionReasons = []struct {
	cause  error
	reason check.Reason
}{
	{syscall.ECONNREFUSED, check.Refused},
	{syscall.ECONNRESET, check.Reset},
	{syscall.ECONNABORTED, check.Reset},
	{syscall.EPIPE, check.Reset},
	{io.EOF, check.Reset},
	{io.ErrUnexpectedEOF, check.Reset},
	{errTooManyAddresses, check.UnreachableNet},
	{syscall.ENETUNREACH, check.UnreachableNet},
	{syscall.EHOSTUNREACH, check.UnreachableNet},
	{syscall.ENETDOWN, check.UnreachableNet},
	{syscall.EHOSTDOWN, check.UnreachableNet},
	{syscall.EADDRNOTAVAIL, check.UnreachableNet},
	{syscall.EMFILE, check.Internal}, // we, not they, have run out
	{syscall.ENFILE, check.Internal},
	{syscall.ENOBUFS, check.Internal},
	{syscall.ENOMEM, check.Internal},
}

func classifyConnection(err error, _ progress) check.Reason {
	for _, row := range connectionReasons {
		if errors.Is(err, row.cause) {
			return row.reason
		}
	}
	return ""
}

// tlsAlert is how net/http quotes the answer of a TLS port to plain HTTP: the first bytes of an alert record.
const tlsAlert = `malformed HTTP response "\x15\x03`

func classifyProtocol(err error, at progress) check.Reason {
	switch {
	case at.http2:
		return check.HTTP2Error
	case strings.Contains(err.Error(), tlsAlert):
		return check.ProtocolMismatch
	}
	return ""
}
