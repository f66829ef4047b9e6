//go:build openfaas

package registry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// Registry is a docker-registry that runs. Nobody needs a password, as OpenFaaS Community Edition wants it.
type Registry struct {
	// Address is what names of its images begin with: 127.0.0.1:port.
	Address string
	server  *process.Server
}

var listens = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// Start returns a registry that takes images, and keeps them in folder. The caller owns it and must Close it; ctx bounds
// the start only. It fails if docker-registry is not on the PATH, or does not start.
func Start(ctx context.Context, logger *slog.Logger, folder string) (*Registry, error) {
	configuration := filepath.Join(folder, "registry.yml")
	if err := os.WriteFile(configuration, fmt.Appendf(nil, `version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %q}
http: {addr: "127.0.0.1:0"}
`, filepath.Join(folder, "images")), 0o600); err != nil {
		return nil, fmt.Errorf("write the registry's configuration: %w", err)
	}
	server, match, err := process.Start(ctx, logger, exec.Command("docker-registry", "serve", configuration), listens)
	if err != nil {
		return nil, err
	}
	return &Registry{Address: match[1], server: server}, nil
}

// Close ends it; its images are the caller's to remove.
func (r *Registry) Close() { r.server.Kill() }
