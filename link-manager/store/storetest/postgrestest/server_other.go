//go:build !unix

package postgrestest

import "errors"

// server is never started here.
type server struct{ url string }

func start() (*server, error) {
	return nil, errors.New("a server is started on Unix only")
}

func (*server) stop() {}
