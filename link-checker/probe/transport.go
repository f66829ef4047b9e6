package probe

import (
	"crypto/tls"
	"net/http"
)

// maxHeaderBytes is the most an answer's headers may have: real sites send 16 KiB and more, none sends a mebibyte.
const maxHeaderBytes = 1 << 20

// newTransport returns the one way out of a session. It is used for a single check and then thrown away, so that no
// connection outlives the check whose guard let it through. It follows no redirects and keeps no cookies; there is no
// proxy, ever, because a proxy dials for itself and the guard would see nothing but the proxy.
func newTransport(how settings) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!how.http1)
	return &http.Transport{
		Proxy:       nil,
		DialContext: how.dialer.DialContext,
		TLSClientConfig: &tls.Config{
			RootCAs:              how.roots,
			MinVersion:           tls.VersionTLS12,
			GetClientCertificate: noCertificate,
			InsecureSkipVerify:   how.unverified, //nolint:gosec // only to tell a warning from a dead host; see verifyName
			VerifyConnection:     verifyName(how),
		},
		Protocols:              &protocols,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// verifyName fails, where certificates are not verified, unless the server's is for the host that was asked for, whoever
// signed it. Without it the look behind a bad certificate would take any server that answers for the right one. Where the
// host is an address, crypto/tls does not say which; exchange.verifyAddress looks at those.
func verifyName(how settings) func(tls.ConnectionState) error {
	if !how.unverified {
		return nil
	}
	return func(state tls.ConnectionState) error {
		if state.ServerName == "" {
			return nil
		}
		return state.PeerCertificates[0].VerifyHostname(state.ServerName)
	}
}
