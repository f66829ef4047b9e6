//go:build openfaas

package baseimage

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"runtime"
	"strings"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/gocommand"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// busybox is the shell and the tools of the Go image: Debian's, from the package busybox-static.
const busybox = "/bin/busybox"

// loadGo stands in for the image golang: this machine's Go, a shell, and a module proxy with what c.Root needs.
func loadGo(ctx context.Context, c Config) error {
	return image{
		name:         goImage,
		architecture: runtime.GOARCH,
		environment: []string{
			"PATH=/usr/local/go/bin:/bin",
			"HOME=/root",
			"GOPROXY=file:///modules",
			// It would be asked over the network; go.sum is checked all the same.
			"GOSUMDB=off",
			"GOTOOLCHAIN=local",
		},
		fill: func(ctx context.Context, files *archive) error {
			return errors.Join(
				files.directory("tmp", 0o1777, 0),
				addShell(ctx, files),
				addGo(ctx, files),
				addModules(ctx, files, c.Root),
			)
		},
	}.load(ctx)
}

// addShell adds busybox under the names of all of its tools.
func addShell(ctx context.Context, files *archive) error {
	program, err := elf.Open(busybox)
	if err != nil {
		return fmt.Errorf("%w; install busybox-static", err)
	}
	defer func() { _ = program.Close() }()
	if libraries, err := program.ImportedLibraries(); err != nil || len(libraries) > 0 {
		return fmt.Errorf("%s is not static; install busybox-static", busybox)
	}
	tools, err := process.Output(exec.CommandContext(ctx, busybox, "--list"))
	if err != nil {
		return err
	}
	if err := files.file("bin/busybox", busybox, 0o755); err != nil {
		return err
	}
	for tool := range strings.FieldsSeq(tools) {
		if tool == "busybox" {
			continue
		}
		if err := files.link("bin/"+tool, "busybox"); err != nil {
			return err
		}
	}
	return nil
}

// addGo adds what compiles: Go without its tests, documents and the sources of its own tools.
func addGo(ctx context.Context, files *archive) error {
	root, err := gocommand.Run(ctx, "", "env", "GOROOT")
	if err != nil {
		return err
	}
	return files.tree("usr/local/go", root, func(folder string) bool {
		switch folder {
		case "api", "doc", "misc", "test", "pkg/obj", "src/cmd":
			return true
		default:
			return path.Base(folder) == "testdata"
		}
	})
}
