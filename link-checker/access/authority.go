package access

import (
	"crypto/x509"
	"fmt"
	"os"
)

// authorityFile is the path of a file with the certificates of authorities.
type authorityFile string

// pool believes the authorities, and nobody else.
func (f authorityFile) pool() (*x509.CertPool, error) {
	content, err := os.ReadFile(string(f))
	if err != nil {
		return nil, fmt.Errorf("read NATS_CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("read NATS_CA: %s holds no certificate; one begins with -----BEGIN CERTIFICATE-----", string(f))
	}
	return pool, nil
}
