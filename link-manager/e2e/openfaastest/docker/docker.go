//go:build openfaas

package docker

import (
	"context"
	"os/exec"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// Run runs one command of the client and returns what it prints, without white space around it. Its error carries what
// docker said.
func Run(ctx context.Context, arguments ...string) (string, error) {
	return process.Output(Command(ctx, arguments...))
}

// Command is the client with arguments, for whoever has more to do with it than Run does. It is killed when ctx ends.
func Command(ctx context.Context, arguments ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "docker", arguments...)
}
