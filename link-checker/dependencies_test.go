package function_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The function is built from this folder alone, and must not be able to reach into the manager.
func TestLinkCheckerImportsNothingOfOursOutsideItsFolder(t *testing.T) {
	const module = "github.com/linkwell/linkwell"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := strings.Fields(string(out))
	ours := 0
	for _, p := range packages {
		if !strings.HasPrefix(p, module) {
			continue
		}
		ours++
		if !strings.HasPrefix(p, module+"/link-checker") {
			t.Errorf("link-checker depends on %s", p)
		}
	}
	if ours < 5 {
		t.Errorf("found only %d packages of ours in %d", ours, len(packages))
	}
}
