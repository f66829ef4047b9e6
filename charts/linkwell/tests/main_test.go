// Package tests holds the chart to what it promises. It is a module of its own, so that Linkwell needs nothing of
// Kubernetes; `go test ./...` here, with -update for the golden files and what is generated.
package tests

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const (
	root  = "../../.."
	chart = ".."
)

var (
	update = flag.Bool("update", false, "write the golden files, and the chart's files that are generated")
	helm   string // the path of the helm that .ci/tools pins
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	folder, err := os.MkdirTemp("", "helm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	helm = filepath.Join(folder, "helm")
	const version = "helm.sh/helm/v3/pkg/chartutil.k8sVersion" // the Kubernetes that it renders for, as its releases set it
	build := exec.Command("go", "build", "-o", helm, "-ldflags", "-X "+version+"Major=1 -X "+version+"Minor=33", "helm.sh/helm/v3/cmd/helm")
	build.Dir, build.Stdout, build.Stderr = filepath.Join(root, ".ci/tools/helm"), os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build helm:", err)
		return 1
	}
	return m.Run()
}
