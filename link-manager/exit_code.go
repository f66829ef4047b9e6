package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	switch {
	case errors.Is(err, errInvalid):
		return 1
	case errors.Is(err, context.Canceled):
		return interrupted
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "link-manager: %v\n", err)
		return 2
	default:
		_, _ = fmt.Fprintf(stderr, "link-manager: %v\n", err)
		return 1
	}
}
