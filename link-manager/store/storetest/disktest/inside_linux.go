package disktest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const (
	// insideVariable tells a test that it runs in the namespaces that Inside made.
	insideVariable = "LINKWELL_INSIDE_DISKS"
	// requireVariable makes a failure of what is otherwise skipped for want of namespaces.
	requireVariable = "LINKWELL_REQUIRE_FULL_DISK"
)

// Inside runs test where it may mount disks: the calling test is run again, alone, in a process with a user and a mount
// namespace of its own, whose mounts nobody else sees. Its output is logged. Where there are no such namespaces the test
// is skipped, or fails if LINKWELL_REQUIRE_FULL_DISK is set. It must be all that the calling test does.
func Inside(t *testing.T, test func(t *testing.T)) {
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
	again := exec.CommandContext(t.Context(), itself, append([]string{"-test.run=^" + t.Name() + "$", "-test.v", "-test.timeout=10m"}, ownFlags(os.Args[1:])...)...)
	again.Env = append(os.Environ(), insideVariable+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
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
		skipUnlessRequired(t, "there are no namespaces: "+err.Error())
	case !strings.Contains(string(output), "\n--- PASS: "+t.Name()):
		skipUnlessRequired(t, string(output))
	default:
		t.Logf("%s", output)
	}
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

func skipUnlessRequired(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv(requireVariable) != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// onlyInside keeps the machine safe from a stray variable in its environment: our namespaces have one user.
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

func mount(folder, options string) error {
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, options); err != nil {
		return fmt.Errorf("mount a small disk on %s: %w", folder, err)
	}
	return nil
}

// unmount takes the disk away even if a file on it is still open.
func unmount(folder string) error { return syscall.Unmount(folder, syscall.MNT_DETACH) }

func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }
