//go:build openfaas

package openfaastest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// FaaSCLI is a person at a terminal with faas-cli, in a copy of what it needs of our files, logged in to the gateway.
type FaaSCLI struct {
	// Folder is where it works: stack.yml, template, link-checker, go.mod and go.sum, and nothing else.
	Folder string
	path   string
	env    []string
}

// needed is what a build of our functions may read of the repository.
var needed = []string{"stack.yml", "go.mod", "go.sum", "link-checker", "template"}

// newFaaSCLI copies what is needed of root into folder. The docker client and daemon are those of this process.
func newFaaSCLI(path, root, folder string, env ...string) (*FaaSCLI, error) {
	c := &FaaSCLI{path: path, Folder: filepath.Join(folder, "linkwell")}
	home := filepath.Join(folder, "home")
	for _, made := range []string{c.Folder, home} {
		if err := os.MkdirAll(made, 0o700); err != nil {
			return nil, fmt.Errorf("make a folder for faas-cli: %w", err)
		}
	}
	// Nothing of the machine's own faas-cli: neither its gateway nor its passwords.
	c.env = append([]string{"HOME=" + home, "OPENFAAS_CONFIG=" + filepath.Join(home, ".openfaas")}, env...)
	for _, name := range []string{"PATH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT"} {
		if value, set := os.LookupEnv(name); set {
			c.env = append(c.env, name+"="+value)
		}
	}
	for _, name := range needed {
		if err := copyTo(filepath.Join(c.Folder, name), filepath.Join(root, name)); err != nil {
			return nil, fmt.Errorf("copy %s for faas-cli: %w", name, err)
		}
	}
	return c, nil
}

// copyTo copies a file or a folder.
func copyTo(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode())
}

// Run runs faas-cli with arguments in its folder, with env (NAME=value) on top of its environment and input as what is
// typed, and returns everything a person sees, also when it fails.
func (c *FaaSCLI) Run(ctx context.Context, env []string, input io.Reader, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, c.path, arguments...)
	command.Dir = c.Folder
	command.Env = slices.Concat(c.env, env)
	command.Stdin = input
	seen, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("faas-cli %s: %w: %s", strings.Join(arguments, " "), err, seen)
	}
	return string(seen), err
}
