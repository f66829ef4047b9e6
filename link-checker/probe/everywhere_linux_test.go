package probe

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/linkwell/linkwell/link-checker/probe/namespacetest"
)

// TestNoCheckReachesASpecialAddressWithTheCLibrarysResolver runs in a process of its own, because a process chooses its
// resolver once, and in namespaces, because the C library asks nobody but the name server of /etc/resolv.conf, on port 53.
func TestNoCheckReachesASpecialAddressWithTheCLibrarysResolver(t *testing.T) {
	namespacetest.Namespaces{
		Network:     true,
		Environment: []string{"GODEBUG=netdns=cgo"},
		Require:     "LINKWELL_REQUIRE_CGO_RESOLVER",
	}.Run(t, insideNamespaces)
}

// insideNamespaces comes before anything else in this process that uses package net, which looks once whether the machine
// has IPv6.
func insideNamespaces(t *testing.T) {
	t.Helper()
	if err := errors.Join(ownEtc(), loopbackUp()); err != nil {
		t.Skip(err)
	}
	addresses, err := net.DefaultResolver.LookupHost(t.Context(), "0x7f.1")
	if !slices.Equal(addresses, []string{"127.0.0.1"}) { // Go's own resolver takes it for a name
		t.Skipf("the C library's resolver is not in use: 0x7f.1 is %v, %v", addresses, err)
	}
	w := &world{names: newFickleNames(t, "127.0.0.1:53"), resolver: &net.Resolver{}, readsNumbers: true}
	w.keepsThePromise(t)
}

// ownEtc hides what configures the C library's resolver and the sockets of daemons that it would ask instead.
func ownEtc() error {
	for _, directory := range []string{"/etc", "/var/run"} {
		if err := syscall.Mount("tmpfs", directory, "tmpfs", 0, ""); err != nil {
			return fmt.Errorf("hide %s: %w", directory, err)
		}
	}
	for name, content := range map[string]string{
		"resolv.conf":   "nameserver 127.0.0.1\n",
		"nsswitch.conf": "hosts: files dns\n",
		"hosts":         "127.0.0.1 localhost\n::1 localhost\n",
	} {
		if err := os.WriteFile(filepath.Join("/etc", name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// loopbackUp gives a new network namespace 127.0.0.0/8 and ::1 (netdevice(7)).
func loopbackUp() error {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open a socket: %w", err)
	}
	defer syscall.Close(socket)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte // up to the size of an ifreq
	}{[syscall.IFNAMSIZ]byte{'l', 'o'}, syscall.IFF_UP, [22]byte{}}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return fmt.Errorf("bring lo up: %w", errno)
	}
	return nil
}
