//go:build openfaas

package baseimage

import (
	"context"
	"fmt"
)

// The names under which template/golang-http/Dockerfile looks for what it is made of.
const (
	watchdogImage = "ghcr.io/openfaas/of-watchdog:0.11.6"
	goImage       = "golang:1.26"
	runtimeImage  = "gcr.io/distroless/static-debian12:nonroot"
)

// Config says for what the images are made.
type Config struct {
	// Architecture is that of the machine functions run on: amd64 or arm64. Go always runs on this one.
	Architecture string
	// Root is the folder of the module to build: its dependencies, which must be in the module cache, go into the Go image.
	Root string
	// Watchdog is the file of a real of-watchdog for Architecture; empty means our stand-in.
	Watchdog string
}

// Build makes the images. Those that it made before are kept if nothing has changed, and replaced otherwise; it fails
// rather than replace one from elsewhere.
func Build(ctx context.Context, c Config) error {
	for _, load := range []func(context.Context, Config) error{loadGo, loadRuntime, loadWatchdog} {
		if err := load(ctx, c); err != nil {
			return fmt.Errorf("base images: %w", err)
		}
	}
	return nil
}
