package probetest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

// File writes a's certificate to a file of the test's.
func (a *Authority) File(t testing.TB) (path string) {
	t.Helper()
	return writePEM(t, "authority.pem", "CERTIFICATE", a.certificate.Raw)
}

// Files writes a certificate with its chain, and its key, to files of the test's.
func Files(t testing.TB, certificate tls.Certificate) (certificatePath, keyPath string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatalf("encode a key: %v", err)
	}
	return writePEM(t, "certificate.pem", "CERTIFICATE", certificate.Certificate...), writePEM(t, "key.pem", "PRIVATE KEY", key)
}

func writePEM(t testing.TB, name, kind string, blocks ...[]byte) (path string) {
	t.Helper()
	var content []byte
	for _, block := range blocks {
		content = append(content, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: block})...)
	}
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
