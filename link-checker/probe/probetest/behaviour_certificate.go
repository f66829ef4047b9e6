package probetest

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// certificateBehaviours have a bad certificate, or want one.
var certificateBehaviours = []Behaviour{
	{Case: 58, Name: "good certificate", NeedsRoots: true, Want: finds(check.OK, 200), url: secured(Leaf{})},
	{Case: 58, Name: "certificate that ended", NeedsRoots: true, Want: finds(check.OKTLSWarning, 200, check.ExpiredCertificate), url: secured(ended)},
	{Case: 58, Name: "certificate that has not begun", NeedsRoots: true, Want: finds(check.OKTLSWarning, 200, check.ExpiredCertificate), url: secured(Leaf{NotAfter: time.Now().Add(96 * time.Hour)})},
	{Case: 58, Name: "certificate that ended, and 404", NeedsRoots: true, Want: finds(check.NotFound, 404, check.ExpiredCertificate), url: func(w *Web) string {
		return w.tlsSite(w.authority(), ended, nil, respond(http.StatusNotFound)).URL + "/page"
	}},
	{Case: 58, Name: "certificate that ended, and nothing behind it", NeedsRoots: true, Want: finds(check.TLSExpired, 0), url: func(w *Web) string {
		return w.tlsSite(w.authority(), ended, nil, abort).URL + "/page"
	}},
	{Case: 58, Name: "certificate that ends in hours", NeedsRoots: true, Want: finds(check.OK, 200, check.TLSExpiresSoon), url: secured(Leaf{NotAfter: time.Now().Add(2 * time.Hour)})},
	{Case: 59, Name: "certificate signed by itself", Want: finds(check.OKTLSWarning, 200, check.UntrustedCertificate), url: secured(Leaf{SelfSigned: true})},
	{Case: 59, Name: "certificate of an authority nobody knows", Want: finds(check.OKTLSWarning, 200, check.UntrustedCertificate), url: func(w *Web) string {
		return w.tlsSite(NewAuthority(w.t), Leaf{}, nil, respond(http.StatusOK)).URL + "/page"
	}},
	{Case: 59, Name: "certificate for another host", NeedsRoots: true, Want: finds(check.TLSHostname, 0), url: secured(Leaf{Names: []string{"other.example"}})},
	{Case: 59, Name: "certificate for another host that ended", NeedsRoots: true, Want: finds(check.TLSHostname, 0), url: secured(Leaf{Names: []string{"other.example"}, NotAfter: ended.NotAfter})},
	{Case: 59, Name: "certificate for another host signed by itself", Want: finds(check.TLSHostname, 0), url: secured(Leaf{Names: []string{"other.example"}, SelfSigned: true})},
	{Case: 60, Name: "certificate without its chain", NeedsRoots: true, Want: finds(check.OKTLSWarning, 200, check.IncompleteChain), url: func(w *Web) string {
		leaf := Leaf{WithoutChain: true, IssuerURL: "http://ca.example/ca.der"}
		return w.tlsSite(w.authority().Intermediate(w.t), leaf, nil, respond(http.StatusOK)).URL + "/page"
	}},
	{Case: 61, Name: "TLS 1.1 at most", NeedsRoots: true, Want: finds(check.TLSProtocol, 0), url: shaking(func(c *tls.Config) {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	})},
	{Case: 61, Name: "client's certificate welcome, and no answer", NeedsRoots: true, Want: finds(check.Reset, 0), url: func(w *Web) string {
		return w.tlsSite(w.authority(), Leaf{}, func(c *tls.Config) {
			c.ClientAuth, c.NextProtos = tls.RequestClientCert, []string{"http/1.1"}
		}, abort).URL + "/page"
	}},
	{Case: 61, Name: "client's certificate welcome, and no answer in HTTP/2", NeedsRoots: true, Want: finds(check.HTTP2Error, 0), url: func(w *Web) string {
		return w.tlsSite(w.authority(), Leaf{}, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert }, abort).URL + "/page"
	}},
	{Case: 61, Name: "client's certificate required", NeedsRoots: true, Want: finds(check.OKRestricted, 0), url: shaking(func(c *tls.Config) {
		c.ClientAuth = tls.RequireAnyClientCert
	})},
	{Case: 61, Name: "client's certificate required in TLS 1.2", NeedsRoots: true, Want: finds(check.OKRestricted, 0), url: shaking(func(c *tls.Config) {
		c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
	})},
	{Case: 61, Name: "client's certificate required in HTTP/1.1", NeedsRoots: true, Want: finds(check.OKRestricted, 0), url: shaking(func(c *tls.Config) {
		c.ClientAuth, c.NextProtos = tls.RequireAnyClientCert, []string{"http/1.1"}
	})},
}

var ended = Leaf{NotAfter: time.Now().Add(-time.Minute)}

// abort ends the connection whatever the version of HTTP.
func abort(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// secured is a page behind the certificate that leaf describes.
func secured(leaf Leaf) func(*Web) string {
	return func(w *Web) string {
		return w.tlsSite(w.authority(), leaf, nil, respond(http.StatusOK)).URL + "/page"
	}
}

// shaking is a page behind a good certificate and a handshake with a change.
func shaking(change func(*tls.Config)) func(*Web) string {
	return func(w *Web) string {
		return w.tlsSite(w.authority(), Leaf{}, change, respond(http.StatusOK)).URL + "/page"
	}
}
