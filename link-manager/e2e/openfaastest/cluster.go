//go:build openfaas

package openfaastest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/baseimage"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/provider"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/registry"
)

// Cluster is an OpenFaaS.
type Cluster struct {
	// URL is the gateway's; AuthFolder holds its basic-auth-user and basic-auth-password.
	URL, AuthFolder string
	User, Password  string
	// Registry is where images are pushed and pulled: 127.0.0.1:port.
	Registry string
	// Bridge is where functions reach this machine.
	Bridge     netip.Addr
	Gateway    *Gateway
	Prometheus *Prometheus
	Provider   *provider.Provider
	CLI        *FaaSCLI

	registry *registry.Registry
	folder   string
}

// Start builds the tools that root pins, makes the base images and starts an OpenFaaS without functions. It needs docker,
// docker-registry and prometheus on the PATH, and the ports 8080 and 8082. Close ends it.
func Start(ctx context.Context, root string, logger *slog.Logger) (*Cluster, error) {
	c := &Cluster{URL: "http://" + gatewayAddress, User: "admin", Password: rand.Text()}
	if err := c.start(ctx, root, logger); err != nil {
		return nil, errors.Join(fmt.Errorf("start an OpenFaaS: %w", err), c.Close())
	}
	return c, nil
}

// start fills c in, from the inside out.
func (c *Cluster) start(ctx context.Context, root string, logger *slog.Logger) (err error) {
	if c.folder, err = os.MkdirTemp("", "linkwell-openfaas-"); err != nil {
		return err
	}
	if c.Bridge, err = docker.Bridge(ctx); err != nil {
		return err
	}
	if err := c.writeCredentials(); err != nil {
		return err
	}
	if c.registry, err = registry.Start(ctx, logger, c.folder); err != nil {
		return err
	}
	c.Registry = c.registry.Address
	if c.Provider, err = provider.Start(ctx, provider.Config{
		User: c.User, Password: c.Password, SecretsFolder: c.folderFor("secrets"), Logger: logger,
	}); err != nil {
		return err
	}
	if c.Prometheus, err = startPrometheus(ctx, logger, c.folder); err != nil {
		return err
	}
	gateway, assets, err := buildTool(ctx, root, c.folder, "gateway", "github.com/openfaas/faas/gateway")
	if err != nil {
		return err
	}
	if c.Gateway, err = startGateway(ctx, gatewayConfig{
		path: gateway, folder: assets, provider: c.Provider.URL, prometheus: c.Prometheus.address, authFolder: c.AuthFolder, logger: logger,
	}); err != nil {
		return err
	}
	if err := baseimage.Build(ctx, baseimage.Config{Architecture: runtime.GOARCH, Root: root, Watchdog: os.Getenv("LINKWELL_WATCHDOG")}); err != nil {
		return err
	}
	return c.login(ctx, root)
}

// writeCredentials makes the folder that is a Kubernetes secret elsewhere.
func (c *Cluster) writeCredentials() error {
	c.AuthFolder = c.folderFor("auth")
	for name, value := range map[string]string{"basic-auth-user": c.User, "basic-auth-password": c.Password} {
		if err := os.WriteFile(filepath.Join(c.AuthFolder, name), []byte(value), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// login gives a person faas-cli: the one that root pins, or the one that LINKWELL_FAAS_CLI names.
func (c *Cluster) login(ctx context.Context, root string) (err error) {
	path := os.Getenv("LINKWELL_FAAS_CLI")
	if path == "" {
		if path, _, err = buildTool(ctx, root, c.folder, "faas-cli", "github.com/openfaas/faas-cli"); err != nil {
			return err
		}
	}
	if c.CLI, err = newFaaSCLI(path, root, c.folder, "OPENFAAS_URL="+c.URL, "LINK_CHECKER_IMAGE="+c.Registry+"/linkwell/link-checker:latest"); err != nil {
		return err
	}
	_, err = c.CLI.Run(ctx, nil, strings.NewReader(c.Password), "login", "--gateway", c.URL, "--username", c.User, "--password-stdin")
	return err
}

// folderFor makes a folder that goes with the cluster.
func (c *Cluster) folderFor(name string) string {
	path := filepath.Join(c.folder, name)
	_ = os.MkdirAll(path, 0o700) // whoever writes into it finds out
	return path
}

// Close ends everything that Start started, and removes its files.
func (c *Cluster) Close() error {
	if c.Gateway != nil {
		c.Gateway.Kill()
	}
	if c.Prometheus != nil {
		c.Prometheus.Kill()
	}
	var err error
	if c.Provider != nil {
		err = c.Provider.Close()
	}
	if c.registry != nil {
		c.registry.Close()
	}
	return errors.Join(err, os.RemoveAll(c.folder))
}
