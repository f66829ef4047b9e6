package probe

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
	"time"
)

func TestACertificateEndsSoonIfItsOwnerSeemsToHaveForgottenIt(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		life, left time.Duration
		soon       bool
	}{
		"a quarter's, renewed in time": {90 * day, 29 * day, false},
		"a quarter's, two weeks left":  {90 * day, 14 * day, false},
		"a quarter's, less":            {90 * day, 14*day - time.Second, true},
		"a year's, less":               {365 * day, 13 * day, true},
		"a week's, halfway":            {7 * day, 3 * day, false},
		"a week's, a day left":         {7 * day, day, true},
		"ended":                        {90 * day, -time.Second, false},
	} {
		certificate := &x509.Certificate{NotBefore: noon.Add(c.left - c.life), NotAfter: noon.Add(c.left)}
		e := &exchange{response: &http.Response{TLS: &tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificate}}}}
		if got := e.certificateEndsSoon(noon); got != c.soon {
			t.Errorf("%s: %t", name, got)
		}
	}
	if new(exchange).certificateEndsSoon(noon) {
		t.Error("no certificate ends soon")
	}
}
