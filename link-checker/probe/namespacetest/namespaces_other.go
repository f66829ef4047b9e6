//go:build !linux

package namespacetest

import "testing"

func (n Namespaces) run(t *testing.T, _ func(t *testing.T)) {
	t.Helper()
	t.Skip("there are namespaces on Linux only")
}
