package access

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// Explain returns err, which a connection met, with what would be right where a certificate may be the trouble.
func Explain(err error) error {
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Errorf("%w; NATS_CA must name a file with the certificate of that authority", err)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return err
	case errors.Is(err, nats.ErrTLS), strings.HasPrefix(err.Error(), refusedByServer):
		// A server that misses a certificate says so too late to be heard, or, before TLS 1.3, not why it refuses.
		return fmt.Errorf("%w; if the broker asks for a certificate, NATS_CERT and NATS_KEY must name one that it accepts", err)
	default:
		return err
	}
}

// refusedByServer begins what a server said when it ended TLS.
const refusedByServer = "remote error: tls: "
