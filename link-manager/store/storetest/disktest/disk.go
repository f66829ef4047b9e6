// Package disktest gives tests disks that are small enough to be filled.
package disktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/linkwell/linkwell/link-checker/probe/namespacetest"
)

// Inside runs test where it may mount disks, which nobody else sees. Where it may not, the calling test is skipped, or
// fails if LINKWELL_REQUIRE_FULL_DISK is set. It must be all that the calling test does.
func Inside(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	namespacetest.Namespaces{Require: "LINKWELL_REQUIRE_FULL_DISK"}.Run(t, test)
}

// Disk is a small file system on a folder.
type Disk struct {
	t       testing.TB
	ballast string
}

// Mount puts an empty file system of so many bytes on folder, which is made if it is missing, until the test ends. It is
// for tests that Inside runs.
func Mount(t testing.TB, folder string, bytes int) *Disk {
	t.Helper()
	if err := errors.Join(os.MkdirAll(folder, 0o700), mount(folder, fmt.Sprintf("size=%d", bytes))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unmount(folder); err != nil {
			t.Error(err)
		}
	})
	return &Disk{t: t, ballast: filepath.Join(folder, "ballast")}
}

// Fill leaves no room for another byte.
func (d *Disk) Fill() {
	d.t.Helper()
	file, err := os.OpenFile(d.ballast, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, size := range []int{1 << 16, 1 << 12, 1} {
		for piece := make([]byte, size); err == nil; {
			_, err = file.Write(piece)
		}
		if !full(err) {
			d.t.Fatalf("fill the disk: %v", err)
		}
		err = nil
	}
}

// Free gives the room back that Fill took.
func (d *Disk) Free() {
	d.t.Helper()
	if err := os.Remove(d.ballast); err != nil {
		d.t.Fatal(err)
	}
}
