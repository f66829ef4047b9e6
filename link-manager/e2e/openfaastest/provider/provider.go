//go:build openfaas

package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
)

// Namespace is OpenFaaS's default for functions, and the only one in Community Edition.
const Namespace = "openfaas-fn"

// Config says who may use a Provider and where it keeps secrets. All of it is required.
type Config struct {
	// User and Password are what /system/ asks for by basic auth.
	User, Password string
	// SecretsFolder holds each secret as a file of its name. It must exist, and docker must see it at the same path.
	SecretsFolder string
	// Logger gets what happens to containers.
	Logger *slog.Logger
}

// Provider is a provider that runs. It speaks faas-provider's REST API.
type Provider struct {
	// URL is where it listens, on loopback, without a slash at the end.
	URL string

	config  Config
	label   string // marks its containers
	secrets *os.Root
	server  *http.Server

	life context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup

	mu        sync.Mutex
	functions map[string]*function
}

// Start returns a provider that answers. The caller owns it and must Close it; ctx bounds the start only. It fails if docker
// or the folder of secrets cannot be reached.
func Start(ctx context.Context, c Config) (*Provider, error) {
	p := &Provider{config: c, label: "linkwell.test=" + randomName(), functions: map[string]*function{}}
	if err := p.start(ctx); err != nil {
		return nil, fmt.Errorf("start provider: %w", err)
	}
	return p, nil
}

// start opens what the provider needs, and leaves nothing open if it fails.
func (p *Provider) start(ctx context.Context) error {
	if _, err := docker.Run(ctx, "version"); err != nil {
		return err
	}
	secrets, err := os.OpenRoot(p.config.SecretsFolder)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, secrets.Close())
	}
	p.secrets = secrets
	p.URL = "http://" + listener.Addr().String()
	p.life, p.end = context.WithCancel(context.WithoutCancel(ctx))
	p.server = &http.Server{
		Handler:           p.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return p.life },
	}
	p.work.Go(func() { _ = p.server.Serve(listener) }) // it always fails: with the listener
	return nil
}

// Close ends calls that are on their way, waits for containers that were told to stop, at most half a minute, and removes
// all others. It fails if a container may be left. It is called once.
func (p *Provider) Close() error {
	p.end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.stopServing(ctx); err != nil {
		return fmt.Errorf("close provider: %w", err)
	}
	p.work.Wait()
	err := errors.Join(p.removeContainers(ctx), p.secrets.Close())
	if err != nil {
		return fmt.Errorf("close provider: %w", err)
	}
	return nil
}

// stopServing waits for requests, which have nothing to wait for once life has ended; what is left after a second are
// connections without any.
func (p *Provider) stopServing(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if p.server.Shutdown(ctx) == nil {
		return nil
	}
	return p.server.Close()
}

// removeContainers removes what is left of all that this provider ever ran.
func (p *Provider) removeContainers(ctx context.Context) error {
	left, err := docker.Run(ctx, "ps", "--all", "--quiet", "--filter", "label="+p.label)
	if err != nil || left == "" {
		return err
	}
	_, err = docker.Run(ctx, append([]string{"rm", "--force", "--volumes"}, strings.Fields(left)...)...)
	return err
}

// randomName is one that nobody else has, in letters that docker takes.
func randomName() string { return strings.ToLower(rand.Text()[:10]) }
