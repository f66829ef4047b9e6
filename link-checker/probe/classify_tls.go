package probe

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"

	"github.com/linkwell/linkwell/link-checker/check"
)

// classifyCertificate is the reason why host's certificate was not believed. That it is for another host comes before all
// else: crypto/x509 would say of one that it is out of date, which the dead site's neighbour may well be.
func classifyCertificate(err error, host string) check.Reason {
	var (
		unverified *tls.CertificateVerificationError
		other      x509.HostnameError
	)
	switch {
	case errors.As(err, &other): // also by itself: verifyName
		return check.TLSHostname
	case !errors.As(err, &unverified):
		return ""
	}
	var (
		invalid x509.CertificateInvalidError
		unknown x509.UnknownAuthorityError
		roots   x509.SystemRootsError
	)
	switch {
	case isForAnother(unverified.UnverifiedCertificates, host):
		return check.TLSHostname
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return check.TLSExpired
	case errors.As(err, &unknown) && chainLacksLink(unverified.UnverifiedCertificates):
		return check.TLSChain
	case errors.As(err, &roots):
		return check.Internal
	}
	return check.TLSUntrusted
}

func isForAnother(sent []*x509.Certificate, host string) bool {
	return len(sent) > 0 && sent[0].VerifyHostname(host) != nil
}

// chainLacksLink reports whether the server seems to have left out an intermediate certificate rather than to have an
// authority nobody knows: the chain it sent ends with a certificate that another one issued, and that says where to get
// the other one.
func chainLacksLink(sent []*x509.Certificate) bool {
	if len(sent) == 0 || slices.ContainsFunc(sent, selfIssued) {
		return false
	}
	return len(sent[len(sent)-1].IssuingCertificateURL) > 0
}

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }

// classifyHandshake is the reason why client and server did not come to speak HTTP over TLS. A server that asks for a
// certificate of ours and, seeing none, says no is there, for those who have one. One that only hangs up may have asked
// in vain, too, but many ask and do not mind.
func classifyHandshake(err error, at progress) check.Reason {
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return check.ProtocolMismatch
	case errors.As(err, &record):
		return check.TLSProtocol
	case at.certificateAsked && isAlert(err):
		return check.OKRestricted
	case isAlert(err):
		return check.TLSProtocol
	}
	return ""
}

// isAlert reports whether err is the server's TLS alert; crypto/tls has no type for it.
func isAlert(err error) bool {
	var alert *net.OpError
	return errors.As(err, &alert) && alert.Op == "remote error"
}
