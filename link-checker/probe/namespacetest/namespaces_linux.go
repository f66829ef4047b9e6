package namespacetest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// insideVariable tells a test that it runs inside the namespaces.
const insideVariable = "LINKWELL_INSIDE_NAMESPACES"

func (n Namespaces) run(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(insideVariable) != "" {
		onlyInside(t)
		test(t)
		return
	}
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.CommandContext(t.Context(), itself, append([]string{"-test.run=^" + t.Name() + "$", "-test.v", "-test.timeout=10m"}, ownFlags(os.Args[1:])...)...) //nolint:gosec // this very test
	again.Env = append(append(os.Environ(), n.Environment...), insideVariable+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  n.flags(),
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	output, err := again.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		t.Errorf("%v:\n%s", err, output)
	case err != nil:
		n.skipUnlessRequired(t, "there are no namespaces: "+err.Error())
	case !strings.Contains(string(output), "\n--- PASS: "+t.Name()):
		n.skipUnlessRequired(t, string(output))
	default:
		t.Logf("%s", output)
	}
}

func (n Namespaces) flags() uintptr {
	flags := uintptr(syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS)
	if n.Network {
		flags |= syscall.CLONE_NEWNET
	}
	return flags
}

// ownFlags are the flags that are not the testing package's.
func ownFlags(arguments []string) (own []string) {
	for _, argument := range arguments {
		if !strings.HasPrefix(strings.TrimLeft(argument, "-"), "test.") {
			own = append(own, argument)
		}
	}
	return own
}

func (n Namespaces) skipUnlessRequired(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv(n.Require) != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// onlyInside keeps the machine safe from a stray variable in its environment, since our namespaces have one user, and then
// from what is mounted in them.
func onlyInside(t *testing.T) {
	t.Helper()
	users, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	if fields := strings.Fields(string(users)); len(fields) != 3 || fields[2] != "1" {
		t.Fatalf("%s is set outside the namespaces of this test, where the users are %s", insideVariable, users)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("make the mounts private: %v", err)
	}
}
