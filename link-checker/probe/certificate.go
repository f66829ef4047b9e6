package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// certificate is the server's own, believed or not; nil if none was seen.
func (e *exchange) certificate() *x509.Certificate {
	if e.response != nil && e.response.TLS != nil && len(e.response.TLS.PeerCertificates) > 0 {
		return e.response.TLS.PeerCertificates[0]
	}
	var unverified *tls.CertificateVerificationError
	if errors.As(e.err, &unverified) && len(unverified.UnverifiedCertificates) > 0 {
		return unverified.UnverifiedCertificates[0]
	}
	return nil
}

// certificateExpiry is when the server's certificate ends; zero if none was seen.
func (e *exchange) certificateExpiry() time.Time {
	if certificate := e.certificate(); certificate != nil {
		return certificate.NotAfter
	}
	return time.Time{}
}

// certificateEndsSoon reports whether the owner seems to have forgotten to renew the certificate: it has less than two
// weeks, and less than a fifth of its life, left. Certificates of 90 days are renewed when 30 are left, and there are some
// that live for six days only.
func (e *exchange) certificateEndsSoon(now time.Time) bool {
	certificate := e.certificate()
	if certificate == nil {
		return false
	}
	left, life := certificate.NotAfter.Sub(now), certificate.NotAfter.Sub(certificate.NotBefore)
	return 0 < left && left < 14*24*time.Hour && left < life/5
}
