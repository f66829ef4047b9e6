//go:build openfaas

package baseimage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/gocommand"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// loadWatchdog makes an image of nothing but a watchdog: the real one if there is one, or else our stand-in.
func loadWatchdog(ctx context.Context, c Config) error {
	program := c.Watchdog
	if program == "" {
		folder, err := os.MkdirTemp("", "linkwell-watchdog-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		program = filepath.Join(folder, "fwatchdog")
		if err := buildStandIn(ctx, c, program); err != nil {
			return err
		}
	}
	return image{
		name:         watchdogImage,
		architecture: c.Architecture,
		fill:         func(_ context.Context, files *archive) error { return files.file("fwatchdog", program, 0o755) },
	}.load(ctx)
}

// buildStandIn compiles ./watchdog for the machine functions run on, always to the same program.
func buildStandIn(ctx context.Context, c Config, program string) error {
	build := gocommand.Command(ctx, c.Root, "build", "-tags", "openfaas", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w",
		"-o", program, "./link-manager/e2e/openfaastest/baseimage/watchdog")
	build.Env = append(build.Env, "GOOS=linux", "GOARCH="+c.Architecture)
	if _, err := process.Output(build); err != nil {
		return fmt.Errorf("build the stand-in for of-watchdog: %w", err)
	}
	return nil
}
