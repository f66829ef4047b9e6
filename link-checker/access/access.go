// Package access is how a process of Linkwell gets at a NATS: the files with its credentials and certificates, which are
// read again for each connection, because they change while it runs.
package access

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Files are paths; an empty one means none. Errors call them by the variables they come from.
type Files struct {
	// Credentials (NATS_CREDS) are a user's: what nsc writes, which is a JWT and a seed; or the seed of an nkey alone; or
	// user:password. A file of nothing but white space is no credentials either, because OpenFaaS refuses a function whose
	// secret does not exist, also where the broker asks for none.
	Credentials string
	// CA (NATS_CA) is the certificate, or several, of whoever may have signed the broker's; then the system's own
	// authorities are not believed.
	CA string
	// Certificate and Key (NATS_CERT, NATS_KEY) are ours, for a broker that asks for one.
	Certificate, Key string
}

// Options are what nats.Connect must be told. With CA or Certificate the connection is TLS whatever its URL says. It fails,
// naming the variable and the file, if a file cannot be used now; no error repeats what a file holds.
func (f Files) Options() ([]nats.Option, error) {
	var options []nats.Option
	if f.Credentials != "" {
		user, err := credentialsFile(f.Credentials).option()
		if err != nil {
			return nil, fmt.Errorf("read NATS_CREDS: %w", err)
		}
		options = append(options, user)
	}
	trust, err := f.trust()
	if err != nil {
		return nil, err
	}
	return append(options, trust...), nil
}

// Complete fails with a sentence if a certificate was named without its key, or a key without its certificate. It reads
// nothing.
func (f Files) Complete() error {
	if (f.Certificate == "") != (f.Key == "") {
		return errors.New("NATS_CERT and NATS_KEY are a certificate and its key; set both, or neither")
	}
	return nil
}

// trust is what TLS must be told.
func (f Files) trust() ([]nats.Option, error) {
	if err := f.Complete(); err != nil {
		return nil, err
	}
	var certificate nats.TLSCertHandler
	if f.Certificate != "" {
		certificate = f.certificate
		if _, err := certificate(); err != nil {
			return nil, err
		}
	}
	var roots nats.RootCAsHandler
	if f.CA != "" {
		roots = authorityFile(f.CA).pool
		if _, err := roots(); err != nil {
			return nil, err
		}
	}
	if certificate == nil && roots == nil {
		return nil, nil
	}
	return []nats.Option{nats.ClientTLSConfig(certificate, roots)}, nil
}

// certificate is ours.
func (f Files) certificate() (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read NATS_CERT %s and NATS_KEY %s: %w", f.Certificate, f.Key, err)
	}
	return pair, nil
}
