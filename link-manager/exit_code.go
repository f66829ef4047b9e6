package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/linkwell/linkwell/link-manager/client"
)

// errInvalid means that the checks went well and a link did not.
var errInvalid = errors.New("invalid link")

// interrupted is the exit code of a program that was told to stop before it was done, as shells have it for SIGINT.
const interrupted = 130

// usageError is a wrong command line.
type usageError struct{ error }

// exitCode says what went wrong on standard error and returns the program's exit code for it.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	var unreachable *client.UnreachableError
	switch {
	case errors.Is(err, errInvalid), errors.Is(err, errUnwell):
		return 1
	case errors.Is(err, context.Canceled):
		return interrupted
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "link-manager: %v\n", err)
		return 2
	case errors.As(err, &unreachable):
		_, _ = fmt.Fprintf(stderr, "link-manager: no link manager answers at %s; start it, or say where it is with --server or LISTEN: %v\n", unreachable.Server, unreachable.Err)
		return 1
	default:
		_, _ = fmt.Fprintf(stderr, "link-manager: %v\n", err)
		return 1
	}
}
