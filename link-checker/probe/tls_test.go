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

func TestACertificatesEndIsKnownWhetherOrNotItIsBelieved(t *testing.T) {
	authority := probetest.NewAuthority(t)
	prober := *patient
	prober.RootCAs = authority.Pool()
	for name, leaf := range map[string]probetest.Leaf{
		"good": {}, "ended": {NotAfter: time.Now().Add(-time.Minute)}, "for another host": {Names: []string{"other.example"}},
	} {
		site := probetest.NewTLSSite(t, authority.Issue(t, leaf), nil, respond(http.StatusOK))
		got := prober.Check(t.Context(), site.URL, true)
		if ends := site.Certificate().NotAfter; !got.CertificateExpiresAt.Equal(ends) {
			t.Errorf("%s: it ends at %v, want %v", name, got.CertificateExpiresAt, ends)
		}
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

func TestACertificateOfOursThatIsOnlyWelcomeDoesNotMatter(t *testing.T) {
	authority := probetest.NewAuthority(t)
	prober := *patient
	prober.RootCAs = authority.Pool()
	site := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{}), func(c *tls.Config) {
		c.ClientAuth = tls.RequestClientCert
	}, respond(http.StatusNotFound))
	expect(t, prober.Check(t.Context(), site.URL, true), answer{Reason: check.NotFound, HTTPStatus: 404, Method: "GET"})
}
