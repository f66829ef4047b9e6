//go:build !linux

package disktest

import (
	"errors"
	"testing"
)

// Inside skips the test: only Linux lets everybody mount disks of their own.
func Inside(t *testing.T, _ func(t *testing.T)) {
	t.Helper()
	t.Skip("disks are only made on Linux")
}

func mount(string, string) error { return errors.ErrUnsupported }

func unmount(string) error { return errors.ErrUnsupported }

func full(error) bool { return false }
