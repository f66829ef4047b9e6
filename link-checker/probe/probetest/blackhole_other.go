//go:build !unix

package probetest

import "testing"

// NewBlackhole skips the test: only Unix lets a program have a queue of no connections.
func NewBlackhole(t testing.TB) string {
	t.Skip("this system has no way to keep a connection from being accepted or refused")
	return ""
}
