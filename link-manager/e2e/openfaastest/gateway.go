//go:build openfaas

package openfaastest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"time"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/provider"
)

// Where the gateway listens; both are fixed in its code.
const (
	gatewayAddress = "127.0.0.1:8080"
	gatewayMetrics = "127.0.0.1:8082"
)

// Gateway is the real OpenFaaS gateway, Community Edition.
type Gateway struct {
	logger *slog.Logger
	path   string
	assets string
	env    []string
	server *process.Server // nil while it does not run
}

// gatewayConfig is what a gateway stands between.
type gatewayConfig struct {
	path       string // of the program
	folder     string // with its assets, the page
	provider   string
	prometheus string
	authFolder string
	logger     *slog.Logger
}

func startGateway(ctx context.Context, c gatewayConfig) (*Gateway, error) {
	host, port, err := net.SplitHostPort(c.prometheus)
	if err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	g := &Gateway{logger: c.logger, path: c.path, assets: c.folder, env: []string{
		"functions_provider_url=" + c.provider + "/",
		"function_namespace=" + provider.Namespace,
		"basic_auth=true", "secret_mount_path=" + c.authFolder,
		"faas_prometheus_host=" + host, "faas_prometheus_port=" + port,
		"read_timeout=65s", "write_timeout=65s", "upstream_timeout=60s",
		"scale_from_zero=true",
	}}
	return g, g.Start(ctx)
}

var gatewayStarts = regexp.MustCompile(`OpenFaaS Gateway - Community Edition`)

// Start runs it, unless it runs, and returns when it answers. It fails if something else listens where the gateway
// must, or if it does not answer in time; it does not run then.
func (g *Gateway) Start(ctx context.Context) error {
	if g.server != nil {
		return nil
	}
	for _, address := range []string{gatewayAddress, gatewayMetrics} {
		if err := free(ctx, address); err != nil {
			return fmt.Errorf("start the gateway: %w", err)
		}
	}
	command := exec.Command(g.path)
	command.Dir, command.Env = g.assets, g.env
	started, _, err := process.Start(ctx, g.logger, command, gatewayStarts)
	if err != nil {
		return err
	}
	g.server = started
	if err := awaitHealth(ctx); err != nil {
		g.Kill()
		return err
	}
	return nil
}

// Kill ends it without warning, if it runs.
func (g *Gateway) Kill() {
	if g.server != nil {
		g.server.Kill()
		g.server = nil
	}
}

// free fails if somebody listens at address.
func free(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}

// awaitHealth returns when the gateway answers, or an error when ctx or half a minute is over first.
func awaitHealth(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("the gateway does not answer"))
	defer cancel()
	for !healthy(ctx) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

// healthy reports whether the gateway says that it is.
func healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+gatewayAddress+"/healthz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
