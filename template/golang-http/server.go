package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// server serves a function until there is nobody left to answer.
type server struct {
	Handler  http.Handler
	Timeouts timeouts
	// Terminate receives SIGTERM.
	Terminate <-chan os.Signal
	// After is time.After, the timer of the wait for the watchdog.
	After func(time.Duration) <-chan time.Time
}

// serve answers calls on listener, which it closes, until it is told to stop, and then finishes those in flight. The end
// of ctx stops it at once. SIGTERM does so once the watchdog has gone too: it passes the signal on first, and then goes on
// handing over calls, so whoever stops at once breaks their answers.
//
// It returns nil after a clean stop, and an error if listener breaks, if calls in flight take longer than Timeouts.Write
// and are cut off, or if ctx ended under a watchdog, which would go on without us and look healthy.
func (s server) serve(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: s.Timeouts.Read,
		ReadTimeout:       s.Timeouts.Read,
		WriteTimeout:      s.Timeouts.Write,
	}
	broken := make(chan error, 1)
	go func() { broken <- web.Serve(listener) }()
	terminate := s.Terminate
	var outlasted <-chan time.Time
	for {
		select {
		case err := <-broken:
			return fmt.Errorf("serve: %w", err)
		case <-terminate:
			terminate, outlasted = nil, s.After(s.Timeouts.Outlast)
		case <-outlasted:
			return s.drain(ctx, web)
		case <-ctx.Done():
			err := s.drain(ctx, web)
			if err == nil && s.Timeouts.Outlast > 0 {
				err = errors.New("interrupted under a watchdog")
			}
			return err
		}
	}
}

// drain accepts no more calls and waits for those in flight, at most Timeouts.Write; then it cuts them off and fails.
func (s server) drain(ctx context.Context, web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Timeouts.Write)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return fmt.Errorf("finish calls in flight: %w", errors.Join(err, web.Close()))
	}
	return nil
}
