package probe_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestWhatACertificateSaysAboutALink(t *testing.T) {
	authority, stranger := probetest.NewAuthority(t), probetest.NewAuthority(t)
	intermediate := authority.Intermediate(t)
	prober := *patient
	prober.RootCAs = authority.Pool()
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		certificate tls.Certificate
		want        check.Reason
	}{
		"good":                          {authority.Issue(t, probetest.Leaf{}), check.OK},
		"good, by an intermediate":      {intermediate.Issue(t, probetest.Leaf{}), check.OK},
		"ended":                         {authority.Issue(t, probetest.Leaf{NotAfter: time.Now().Add(-time.Minute)}), check.TLSExpired},
		"not begun":                     {authority.Issue(t, probetest.Leaf{NotAfter: time.Now().Add(3 * day)}), check.TLSExpired},
		"ended and for another host":    {authority.Issue(t, probetest.Leaf{Names: []string{"example.com"}, NotAfter: time.Now().Add(-time.Minute)}), check.TLSExpired},
		"for another host":              {authority.Issue(t, probetest.Leaf{Names: []string{"example.com"}}), check.TLSHostname},
		"self-signed":                   {authority.Issue(t, probetest.Leaf{SelfSigned: true, IssuerURL: "http://ca.test/ca.der"}), check.TLSUntrusted},
		"by an authority nobody knows":  {stranger.Issue(t, probetest.Leaf{}), check.TLSUntrusted},
		"without its intermediate":      {intermediate.Issue(t, probetest.Leaf{WithoutChain: true, IssuerURL: "http://ca.test/ca.der"}), check.TLSChain},
		"without, and without its name": {intermediate.Issue(t, probetest.Leaf{WithoutChain: true}), check.TLSUntrusted},
	} {
		t.Run(name, func(t *testing.T) {
			site := probetest.NewTLSSite(t, c.certificate, nil, respond(http.StatusOK))
			want := answer{Reason: c.want, Method: "GET"}
			if c.want == check.OK {
				want.HTTPStatus = http.StatusOK
			}
			got := prober.Check(t.Context(), site.URL, true)
			expect(t, got, want)
			if ends := site.Certificate().NotAfter; !got.CertificateExpiresAt.Equal(ends) {
				t.Errorf("certificate expires at %v, want %v", got.CertificateExpiresAt, ends)
			}
		})
	}
}

func TestTheCertificateIsTheFinalServers(t *testing.T) {
	authority := probetest.NewAuthority(t)
	soon, late := time.Now().Add(time.Hour), time.Now().Add(40*time.Hour)
	final := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{NotAfter: late}), nil, respond(http.StatusOK))
	first := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{NotAfter: soon}), nil, func(w http.ResponseWriter, r *http.Request) {
		target := final.URL
		if r.URL.Path == "/plain" {
			target = strings.Replace(probetest.NewSite(t, respond(http.StatusOK)).URL, "127.0.0.1", "localhost", 1)
		}
		http.Redirect(w, r, target, http.StatusFound)
	})
	prober := *patient
	prober.RootCAs = authority.Pool()
	if got := prober.Check(t.Context(), first.URL, false); !got.CertificateExpiresAt.Equal(final.Certificate().NotAfter) {
		t.Errorf("certificate expires at %v, want the final server's %v", got.CertificateExpiresAt, late)
	}
	if got := prober.Check(t.Context(), first.URL+"/plain", false); !got.CertificateExpiresAt.IsZero() {
		t.Errorf("certificate expires at %v though the final server has none", got.CertificateExpiresAt)
	}
}

func TestHandshakesThatFail(t *testing.T) {
	authority := probetest.NewAuthority(t)
	certificate := authority.Issue(t, probetest.Leaf{})
	prober := *patient
	prober.RootCAs = authority.Pool()
	for name, c := range map[string]struct {
		change func(*tls.Config)
		want   check.Reason
	}{
		"TLS 1.1 at most": {func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, check.TLSProtocol},
		"a certificate of ours is required": {func(c *tls.Config) {
			c.ClientAuth = tls.RequireAnyClientCert
		}, check.OKRestricted},
		"a certificate of ours is required, TLS 1.2": {func(c *tls.Config) {
			c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}, check.OKRestricted},
		"a certificate of ours is required, HTTP/1.1": {func(c *tls.Config) {
			c.ClientAuth, c.NextProtos = tls.RequireAnyClientCert, []string{"http/1.1"}
		}, check.OKRestricted},
	} {
		t.Run(name, func(t *testing.T) {
			site := probetest.NewTLSSite(t, certificate, c.change, respond(http.StatusOK))
			got := prober.Check(t.Context(), site.URL, true)
			expect(t, got, answer{Reason: c.want, Method: "GET"})
		})
	}
}

func TestACertificateOfOursThatIsOnlyWelcomeDoesNotMatter(t *testing.T) {
	authority := probetest.NewAuthority(t)
	prober := *patient
	prober.RootCAs = authority.Pool()
	site := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{}), func(c *tls.Config) {
		c.ClientAuth = tls.RequestClientCert
	}, respond(http.StatusNotFound))
	expect(t, prober.Check(t.Context(), site.URL, true), answer{Reason: check.NotFound, HTTPStatus: 404, Method: "GET"})
}

func TestAServerThatDoesNotSpeakTLS(t *testing.T) {
	raw := probetest.NewRaw(t, probetest.Greet("SSH-2.0-OpenSSH_9.6\r\n"))
	expect(t, patient.Check(t.Context(), "https://"+raw.Address(), true), answer{Reason: check.TLSProtocol, Method: "GET"})
}

func TestABrokenHTTP2StreamIsNamed(t *testing.T) {
	authority := probetest.NewAuthority(t)
	site := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{}), nil, func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	})
	prober := *patient
	prober.RootCAs = authority.Pool()
	expect(t, prober.Check(t.Context(), site.URL, true), answer{Reason: check.HTTP2Error, Method: "GET"})
}
