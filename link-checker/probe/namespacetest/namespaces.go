// Package namespacetest runs tests where they may do what only root may, and the machine sees nothing of it: in Linux
// namespaces of their own.
package namespacetest

import "testing"

// Namespaces say what a test needs. The zero value is a user and a mount namespace, in which it may mount what it likes.
type Namespaces struct {
	// Network adds a network of its own, in which nothing is up, not even loopback.
	Network bool
	// Environment is added to that of the test's process: NAME=value.
	Environment []string
	// Require names the variable that makes a failure of what is otherwise skipped.
	Require string
}

// Run runs test inside the namespaces: the calling test is run again, alone, in a process of its own with the flags that
// are not the testing package's. Its output is logged. Where there are no such namespaces, or test skips itself, the
// calling test is skipped, or fails if the variable Require is set. It must be all that the calling test does.
func (n Namespaces) Run(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	n.run(t, test)
}
