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
			InsecureSkipVerify:   how.unverified, //nolint:gosec // only to tell a warning from a dead host; exchange.verifyName does the rest
		},
		Protocols:              &protocols,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}
