// Command golang-http is the process that of-watchdog starts in the image of a function: it serves the function over HTTP.
// Without a watchdog it is a way to look at the function alone:
//
//	go run ./template/golang-http
//	curl 127.0.0.1:8082 -d '{"url":"https://example.com"}'
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/logging"
)

// address is where the watchdog calls the function (upstream_url in the Dockerfile), and nobody outside can. It is no
// constant so that a build can name another: -ldflags "-X main.address=127.0.0.1:0".
var address = "127.0.0.1:8082"

func main() {
	logger, err := logging.New(os.Stderr, os.Getenv("LOG_FORMAT"), slog.LevelInfo)
	if err != nil {
		fmt.Fprintf(os.Stderr, "golang-http: %v\n", err)
		os.Exit(1)
	}
	slog.SetDefault(logger)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	err = run(ctx, terminate)
	stop()
	if err != nil {
		slog.Error("golang-http failed", "error", err)
		os.Exit(1)
	}
}

// run serves the function until ctx ends, or until it received from terminate and the watchdog cannot call any more.
// It returns nil after a clean stop, and an error for a broken environment or if answers were cut off.
func run(ctx context.Context, terminate <-chan os.Signal) error {
	waits, err := readTimeouts(os.Getenv)
	if err != nil {
		return err
	}
	if err := function.Configure(); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	slog.Info("function is ready", "function", function.Name, "address", listener.Addr().String())
	defer slog.Info("function stopped", "function", function.Name)
	defer function.Close()
	server := server{
		Handler:   adapter{Handle: function.Handle, Logger: slog.Default()},
		Timeouts:  waits,
		Terminate: terminate,
		After:     time.After,
	}
	return server.serve(ctx, listener)
}
