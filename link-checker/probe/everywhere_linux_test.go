package probe

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

const (
	// insideVariable tells this test that it runs in the namespaces that it made.
	insideVariable = "LINKWELL_INSIDE_NAMESPACES"
	// requireVariable makes a failure of what is otherwise skipped for want of namespaces or of a C library.
	requireVariable = "LINKWELL_REQUIRE_CGO_RESOLVER"
)

// TestNoCheckReachesASpecialAddressWithTheCLibrarysResolver runs itself again, because a process chooses its resolver
// once, and in namespaces of its own, because the C library asks nobody but the name server of /etc/resolv.conf, on
// port 53.
func TestNoCheckReachesASpecialAddressWithTheCLibrarysResolver(t *testing.T) {
	if os.Getenv(insideVariable) != "" {
		insideNamespaces(t)
		return
	}
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.CommandContext(t.Context(), itself, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	again.Env = append(os.Environ(), insideVariable+"=1", "GODEBUG=netdns=cgo")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	output, err := again.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		t.Errorf("%v:\n%s", err, output)
	case err != nil:
		skipUnlessRequired(t, "there are no namespaces: "+err.Error())
	case !strings.Contains(string(output), "\n--- PASS: "+t.Name()):
		skipUnlessRequired(t, string(output))
	default:
		t.Logf("%s", output)
	}
}

func skipUnlessRequired(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv(requireVariable) != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// insideNamespaces comes before anything else in this process that uses package net, which looks once whether the machine
// has IPv6.
func insideNamespaces(t *testing.T) {
	onlyInside(t)
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

// onlyInside keeps the machine's own /etc safe from a stray variable in its environment: our namespaces have one user.
func onlyInside(t *testing.T) {
	t.Helper()
	users, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	if fields := strings.Fields(string(users)); len(fields) != 3 || fields[2] != "1" {
		t.Fatalf("%s is set outside the namespaces of this test, where the users are %s", insideVariable, users)
	}
}

// ownEtc hides what configures the C library's resolver and the sockets of daemons that it would ask instead.
func ownEtc() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make the mounts private: %w", err)
	}
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
