package client

import (
	"errors"
	"net"
)

// neverSent reports whether a request failed before there was a connection to send it over.
func neverSent(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "dial"
}
