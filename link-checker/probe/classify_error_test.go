package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

func unverified(err error) error { return &tls.CertificateVerificationError{Err: err} }

func dialing(errno syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
}

// alert has the shape of crypto/tls's error for a server's alert.
var alert = &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}

// TestEveryErrorHasItsReason has what no local server can be made to do beside what the behaviour tests see.
func TestEveryErrorHasItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		at   progress
		want check.Reason
	}{
		"refused by the guard":              {&net.OpError{Op: "dial", Err: fmt.Errorf("%w: why", ErrBlocked)}, progress{phase: connecting}, check.BlockedAddress},
		"refused by the guard, then late":   {context.DeadlineExceeded, progress{phase: connecting, refused: true}, check.BlockedAddress},
		"refused, but another answered":     {io.EOF, progress{phase: waiting, refused: true, connected: true}, check.Reset},
		"sent too often over HTTP/2":        {context.Canceled, progress{phase: waiting, http2: true, repeated: true}, check.HTTP2Error},
		"cancelled":                         {context.Canceled, progress{phase: waiting}, check.Internal},
		"no such host":                      {&net.DNSError{IsNotFound: true}, progress{}, check.DNSNotFound},
		"name server late":                  {&net.DNSError{IsTimeout: true, IsTemporary: true}, progress{}, check.TimeoutDNS},
		"name server failing":               {&net.DNSError{IsTemporary: true}, progress{}, check.DNSTemporary},
		"name server refuses":               {&net.DNSError{UnwrapErr: dialing(syscall.ECONNREFUSED)}, progress{}, check.DNSTemporary},
		"late before the start":             {context.DeadlineExceeded, progress{}, check.TimeoutHeaders},
		"late while looking":                {context.DeadlineExceeded, progress{phase: looking}, check.TimeoutDNS},
		"late while connecting":             {context.DeadlineExceeded, progress{phase: connecting}, check.TimeoutConnect},
		"late while shaking hands":          {context.DeadlineExceeded, progress{phase: shaking}, check.TimeoutTLS},
		"late while waiting":                {context.DeadlineExceeded, progress{phase: waiting}, check.TimeoutHeaders},
		"late while waiting on HTTP/2":      {context.DeadlineExceeded, progress{phase: waiting, http2: true}, check.TimeoutHeaders},
		"the kernel gave up":                {dialing(syscall.ETIMEDOUT), progress{phase: connecting}, check.TimeoutConnect},
		"refused":                           {dialing(syscall.ECONNREFUSED), progress{phase: connecting}, check.Refused},
		"reset":                             {dialing(syscall.ECONNRESET), progress{phase: waiting}, check.Reset},
		"reset on HTTP/2":                   {dialing(syscall.ECONNRESET), progress{phase: waiting, http2: true}, check.Reset},
		"reset while shaking hands":         {io.EOF, progress{phase: shaking}, check.Reset},
		"broken pipe":                       {dialing(syscall.EPIPE), progress{phase: waiting}, check.Reset},
		"aborted":                           {dialing(syscall.ECONNABORTED), progress{phase: waiting}, check.Reset},
		"broke off":                         {io.ErrUnexpectedEOF, progress{phase: waiting}, check.Reset},
		"no route to the network":           {dialing(syscall.ENETUNREACH), progress{phase: connecting}, check.UnreachableNet},
		"no route to the host":              {dialing(syscall.EHOSTUNREACH), progress{phase: connecting}, check.UnreachableNet},
		"network down":                      {dialing(syscall.ENETDOWN), progress{phase: connecting}, check.UnreachableNet},
		"host down":                         {dialing(syscall.EHOSTDOWN), progress{phase: connecting}, check.UnreachableNet},
		"no address of that family":         {dialing(syscall.EADDRNOTAVAIL), progress{phase: connecting}, check.UnreachableNet},
		"we are out of files":               {dialing(syscall.EMFILE), progress{phase: connecting}, check.Internal},
		"the machine is out of files":       {dialing(syscall.ENFILE), progress{phase: connecting}, check.Internal},
		"out of buffers":                    {dialing(syscall.ENOBUFS), progress{phase: connecting}, check.Internal},
		"out of memory":                     {dialing(syscall.ENOMEM), progress{phase: connecting}, check.Internal},
		"certificate of no use for servers": {unverified(x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}), progress{phase: shaking}, check.TLSUntrusted},
		"no roots on this machine":          {unverified(x509.SystemRootsError{}), progress{phase: shaking}, check.Internal},
		"alert":                             {alert, progress{phase: shaking}, check.TLSProtocol},
		"alert, a certificate was asked":    {alert, progress{phase: waiting, certificateAsked: true}, check.OKRestricted},
		"reset, a certificate was asked":    {dialing(syscall.ECONNRESET), progress{phase: waiting, certificateAsked: true}, check.Reset},
		"HTTP/2, a certificate was asked":   {errors.New("?"), progress{phase: waiting, http2: true, certificateAsked: true}, check.HTTP2Error},
		"late, a certificate was asked":     {context.DeadlineExceeded, progress{phase: waiting, certificateAsked: true}, check.TimeoutHeaders},
		"unknown, a certificate was asked":  {errors.New("?"), progress{phase: waiting, certificateAsked: true}, check.BadHTTP},
		"unknown before the start":          {errors.New("?"), progress{}, check.Internal},
		"unknown while looking":             {errors.New("?"), progress{phase: looking}, check.DNSTemporary},
		"unknown while connecting":          {errors.New("?"), progress{phase: connecting}, check.UnreachableNet},
		"unknown while shaking hands":       {errors.New("?"), progress{phase: shaking}, check.TLSProtocol},
		"unknown while waiting":             {errors.New("?"), progress{phase: waiting}, check.BadHTTP},
		"unknown on HTTP/2":                 {errors.New("?"), progress{phase: waiting, http2: true}, check.HTTP2Error},
	} {
		if got := classifyError(c.err, "host.example", c.at); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if wrapped := fmt.Errorf("ask: %w", c.err); classifyError(wrapped, "host.example", c.at) != c.want {
			t.Errorf("%s, wrapped: %s, want %s", name, classifyError(wrapped, "host.example", c.at), c.want)
		}
	}
}
