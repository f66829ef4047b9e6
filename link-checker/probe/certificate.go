package probe

import (
	"crypto/tls"
	"errors"
	"time"
)

// certificateExpiry is when the server's certificate ends, believed or not; zero if none was seen.
func (e *exchange) certificateExpiry() time.Time {
	if e.response != nil && e.response.TLS != nil && len(e.response.TLS.PeerCertificates) > 0 {
		return e.response.TLS.PeerCertificates[0].NotAfter
	}
	var unverified *tls.CertificateVerificationError
	if errors.As(e.err, &unverified) && len(unverified.UnverifiedCertificates) > 0 {
		return unverified.UnverifiedCertificates[0].NotAfter
	}
	return time.Time{}
}
