//go:build openfaas

package baseimage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the folder of our module.
const root = "../../../.."

func TestTheBaseImagesHaveTheNamesOfTheDockerfile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "template/golang-http/Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, argument := range []string{"WATCHDOG_IMAGE=" + watchdogImage, "GO_IMAGE=" + goImage, "RUNTIME_IMAGE=" + runtimeImage} {
		if !strings.Contains(string(text), "\nARG "+argument+"\n") {
			t.Errorf("the Dockerfile has no ARG %s", argument)
		}
	}
}
