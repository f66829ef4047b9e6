//go:build openfaas

package process

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Output runs command to its end and returns what it prints, without white space around it. It fails if the command does;
// the error names its first argument and carries what it said on standard error.
func Output(command *exec.Cmd) (string, error) {
	var printed, said bytes.Buffer
	command.Stdout, command.Stderr = &printed, &said
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name(command), command.Args[1], err, strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(printed.String()), nil
}

// name is what a person calls the program that command runs.
func name(command *exec.Cmd) string { return filepath.Base(command.Args[0]) }
