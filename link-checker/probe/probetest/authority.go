package probetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"
)

// An Authority issues certificates, itself or through an intermediate.
type Authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	// above are the certificates from this authority up to, and without, the root: what a server has to send along.
	above [][]byte
}

// A Leaf is what a server's certificate says. The zero value is for 127.0.0.1 and good for a day.
type Leaf struct {
	// Names are host names and IP addresses; none means 127.0.0.1.
	Names []string
	// NotAfter is when it ends; zero means in a day.
	NotAfter time.Time
	// IssuerURL is where it says its issuer's certificate can be had; may be empty.
	IssuerURL string
	// WithoutChain leaves out the intermediates.
	WithoutChain bool
	// SelfSigned makes it its own issuer.
	SelfSigned bool
	// OfClient makes it a client's, not a server's.
	OfClient bool
}

// NewAuthority is a root.
func NewAuthority(t testing.TB) *Authority {
	template := authorityTemplate("Root of probetest")
	key := newKey(t)
	return &Authority{certificate: sign(t, template, template, key, key), key: key}
}

// Intermediate is an authority below a.
func (a *Authority) Intermediate(t testing.TB) *Authority {
	key := newKey(t)
	certificate := sign(t, authorityTemplate("Intermediate of probetest"), a.certificate, key, a.key)
	return &Authority{certificate: certificate, key: key, above: append([][]byte{certificate.Raw}, a.above...)}
}

// Pool is a pool that believes a.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// Issue returns a server's certificate and key.
func (a *Authority) Issue(t testing.TB, leaf Leaf) tls.Certificate {
	template, key := leafTemplate(leaf), newKey(t)
	if leaf.SelfSigned {
		return tls.Certificate{Certificate: [][]byte{sign(t, template, template, key, key).Raw}, PrivateKey: key}
	}
	chain := [][]byte{sign(t, template, a.certificate, key, a.key).Raw}
	if !leaf.WithoutChain {
		chain = append(chain, a.above...)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: key}
}

// NewTLSSite serves handler over TLS on 127.0.0.1, and HTTP/2 where the client asks for it, until the test ends. change may alter the
// configuration; nil leaves it.
func NewTLSSite(t testing.TB, certificate tls.Certificate, change func(*tls.Config), handler http.HandlerFunc) *Site {
	site := newTLSSite(t, "127.0.0.1", certificate, change, handler)
	site.remembers = true
	site.StartTLS()
	return site
}

// newTLSSite is a site that listens on host and does not serve yet.
func newTLSSite(t testing.TB, host string, certificate tls.Certificate, change func(*tls.Config), handler http.HandlerFunc) *Site {
	site := newSite(t, host, handler)
	site.EnableHTTP2 = true
	site.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	if change != nil {
		change(site.TLS)
	}
	return site
}

func authorityTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
}

func leafTemplate(leaf Leaf) *x509.Certificate {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "Site of probetest"},
		NotAfter:    leaf.NotAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(24 * time.Hour)
	}
	template.NotBefore = template.NotAfter.Add(-48 * time.Hour)
	if leaf.OfClient {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if leaf.IssuerURL != "" {
		template.IssuingCertificateURL = []string{leaf.IssuerURL}
	}
	nameLeaf(template, leaf.Names)
	return template
}

func nameLeaf(template *x509.Certificate, names []string) {
	if len(names) == 0 {
		names = []string{"127.0.0.1"}
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("generate a key: %v", err)
	}
	return key
}

func sign(t testing.TB, template, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer) *x509.Certificate {
	t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatalf("sign a certificate: %v", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("read back a certificate: %v", err)
	}
	return certificate
}
