//go:build openfaas

package e2e_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// maxManagerImageBytes is the largest image of link-manager that we are willing to have pulled.
const maxManagerImageBytes = 60 << 20

func TestTheImageOfTheManagerIsSmallAndRunsRestricted(t *testing.T) {
	openFaaS(t)
	const image = "linkwell/link-manager:test"
	t.Cleanup(func() { runDocker(t, "image", "rm", image) })
	runDocker(t, "build", "--file", "../Dockerfile", "--build-arg", "VERSION=v1.2.3", "--build-arg", "COMMIT=0123abcd",
		"--build-arg", "GO_PLATFORM=linux/"+runtime.GOARCH, "--build-arg", "RUNTIME_PLATFORM=linux/"+runtime.GOARCH, "--tag", image, "../..")
	size, err := strconv.Atoi(runDocker(t, "image", "inspect", "--format", "{{.Size}}", image))
	if err != nil || size > maxManagerImageBytes {
		t.Errorf("the image has %d bytes: %v", size, err)
	}
	t.Logf("%.1f MB", float64(size)/1e6)
	if user := runDocker(t, "image", "inspect", "--format", "{{.Config.User}}", image); user != "65532:65532" {
		t.Errorf("it runs as %s", user)
	}
	// As the chart has it run.
	restricted := []string{"--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none"}
	if says := runDocker(t, append(append([]string{"run", "--rm"}, restricted...), image, "version")...); !strings.HasPrefix(says, "link-manager v1.2.3 (commit 0123abcd, go") {
		t.Errorf("it says it is %s", says)
	}
	container := runDocker(t, append(append([]string{"run", "--detach", "--volume", "/data"}, restricted...), image)...)
	t.Cleanup(func() { runDocker(t, "rm", "--force", "--volumes", container) })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		logs := runDocker(t, "logs", container)
		if strings.Contains(logs, "Linkwell is ready") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never gets ready:\n%s", logs)
		}
	}
}
