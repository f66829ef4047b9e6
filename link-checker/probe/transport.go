package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
)

// maxHeaderBytes is the most an answer's headers may have: real sites send 16 KiB and more, none sends a mebibyte.
const maxHeaderBytes = 1 << 20

// newTransport returns the one way out of a check. It is used for a single check and then thrown away, so that no
// connection outlives the check whose guard let it through. It follows no redirects and keeps no cookies; there is no
// proxy, ever, because a proxy dials for itself and the guard would see nothing but the proxy.
func newTransport(dial func(ctx context.Context, network, address string) (net.Conn, error), roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, GetClientCertificate: noCertificate},
		ForceAttemptHTTP2:      true, // net/http turns HTTP/2 off where DialContext or TLSClientConfig are set
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}
