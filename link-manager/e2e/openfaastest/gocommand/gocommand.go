//go:build openfaas

package gocommand

import (
	"context"
	"os/exec"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// Run runs the go command in folder, without cgo, and returns what it prints. Its error carries what Go said.
func Run(ctx context.Context, folder string, arguments ...string) (string, error) {
	return process.Output(Command(ctx, folder, arguments...))
}

// Command is what Run runs, for whoever compiles for another machine.
func Command(ctx context.Context, folder string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = folder
	command.Env = append(command.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	return command
}
