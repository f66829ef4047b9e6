//go:build openfaas

package openfaastest

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

// Prometheus is Debian's Prometheus, which reads the gateway's metrics each second. The gateway asks it how often each
// function was called, and cannot list functions without it.
type Prometheus struct {
	logger  *slog.Logger
	folder  string
	address string
	server  *process.Server // nil while it does not run
}

var prometheusListens = regexp.MustCompile(`msg="Listening on" address=(127\.0\.0\.1:\d+)`)

func startPrometheus(ctx context.Context, logger *slog.Logger, folder string) (*Prometheus, error) {
	if err := os.WriteFile(filepath.Join(folder, "prometheus.yml"), fmt.Appendf(nil, `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: gateway
    static_configs: [{targets: [%q]}]
`, gatewayMetrics), 0o600); err != nil {
		return nil, fmt.Errorf("write Prometheus's configuration: %w", err)
	}
	p := &Prometheus{logger: logger, folder: folder, address: "127.0.0.1:0"}
	return p, p.Start(ctx)
}

// Start runs it, unless it runs, at the address it had before.
func (p *Prometheus) Start(ctx context.Context) error {
	if p.server != nil {
		return nil
	}
	command := exec.Command("prometheus",
		"--config.file="+filepath.Join(p.folder, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(p.folder, "metrics"),
		"--web.listen-address="+p.address)
	started, match, err := process.Start(ctx, p.logger, command, prometheusListens)
	if err != nil {
		return err
	}
	p.server, p.address = started, match[1]
	return nil
}

// Kill ends it without warning, if it runs.
func (p *Prometheus) Kill() {
	if p.server != nil {
		p.server.Kill()
		p.server = nil
	}
}
