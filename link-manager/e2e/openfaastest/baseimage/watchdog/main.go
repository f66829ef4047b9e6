//go:build openfaas

// Command watchdog is a STAND-IN for of-watchdog 0.11 in http mode, for tests where neither its image nor its module can
// be had. It has the behaviour that Linkwell depends on and nothing else; no deployment should ever contain it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.Print("This is a STAND-IN for of-watchdog, made for Linkwell's tests.")
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// run serves the function until SIGTERM, in the order of of-watchdog: the function gets the signal at once and the health
// check fails; calls are accepted for healthcheck_interval; those in flight have write_timeout to finish. It fails if the
// function ends with an error.
func run(ctx context.Context) error {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	write := duration("write_timeout", 30*time.Second)
	handover := duration("healthcheck_interval", write)

	function, ended, err := start(ctx)
	if err != nil {
		return err
	}
	calls, err := proxy()
	if err != nil {
		return err
	}
	if err := os.WriteFile(lock(), nil, 0o600); err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/_/health", health)
	mux.Handle("/", limit(calls))
	server := &http.Server{Addr: ":" + setting("port", "8080"), Handler: mux, ReadTimeout: duration("read_timeout", 30*time.Second), WriteTimeout: write}
	broken := make(chan error, 1)
	go func() { broken <- server.ListenAndServe() }()

	select {
	case err := <-ended:
		return err
	case err := <-broken:
		return err
	case <-terminate:
	}
	log.Printf("SIGTERM: no new connections in %v", handover)
	if err := errors.Join(function.Signal(syscall.SIGTERM), os.Remove(lock())); err != nil {
		log.Print(err)
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(handover):
	}
	log.Printf("No new connections allowed, draining for at most %v", write)
	ctx, cancel := context.WithTimeout(ctx, write)
	defer cancel()
	drained := make(chan error, 1)
	go func() { drained <- server.Shutdown(ctx) }()
	select {
	case err := <-ended:
		return err
	case err := <-drained:
		return err
	}
}

// start starts fprocess. The channel receives an error if it ends with one; like of-watchdog it does not mind an end
// without.
func start(ctx context.Context) (*os.Process, <-chan error, error) {
	words := strings.Fields(setting("fprocess", ""))
	if len(words) == 0 {
		return nil, nil, errors.New("fprocess is not set")
	}
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the function: %w", err)
	}
	ended := make(chan error, 1)
	go func() {
		if err := command.Wait(); err != nil {
			ended <- fmt.Errorf("the function has ended: %w", err)
		}
	}()
	return command.Process, ended, nil
}

// proxy hands calls over to the function, each for exec_timeout at most, or for X-Timeout if that is less.
func proxy() (http.Handler, error) {
	upstream, err := url.Parse(setting("upstream_url", ""))
	if err != nil || upstream.Host == "" {
		return nil, fmt.Errorf("upstream_url is %q", setting("upstream_url", ""))
	}
	most := duration("exec_timeout", 30*time.Second)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		took := func() string { return fmt.Sprintf("%f", time.Since(began).Seconds()) }
		allowed := most
		if asked, err := time.ParseDuration(r.Header.Get("X-Timeout")); err == nil && asked <= most {
			allowed = asked
		}
		ctx, cancel := context.WithTimeout(r.Context(), allowed)
		defer cancel()
		call := httputil.ReverseProxy{
			Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = "http", upstream.Host },
			ModifyResponse: func(answer *http.Response) error {
				answer.Header.Set("X-Duration-Seconds", took())
				return nil
			},
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				log.Print(err)
				w.Header().Set("X-Duration-Seconds", took())
				w.Header().Set("X-OpenFaaS-Internal", "of-watchdog")
				if ctx.Err() != nil {
					w.WriteHeader(http.StatusGatewayTimeout)
					return
				}
				w.WriteHeader(http.StatusInternalServerError)
			},
		}
		call.ServeHTTP(w, r.WithContext(ctx))
	}), nil
}

// limit refuses calls while max_inflight of them are in flight; 0 means no limit.
func limit(next http.Handler) http.Handler {
	most, _ := strconv.Atoi(setting("max_inflight", "0"))
	if most <= 0 {
		return next
	}
	places := make(chan struct{}, most)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("X-OpenFaaS-Internal", "faas-middleware")
			http.Error(w, fmt.Sprintf("Concurrent request limit exceeded. Max concurrent requests: %d", most), http.StatusTooManyRequests)
		}
	})
}

// health says OK from the start until SIGTERM.
func health(w http.ResponseWriter, _ *http.Request) {
	if _, err := os.Stat(lock()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("OK"))
}

// lock is the file that says that calls are accepted. Like the real one, it needs a /tmp that can be written.
func lock() string { return filepath.Join(os.TempDir(), ".lock") }

func setting(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}

// duration is a duration or a number of seconds, and otherwise what is neither, as in of-watchdog.
func duration(name string, otherwise time.Duration) time.Duration {
	value := setting(name, "")
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if d, err := time.ParseDuration(value); err == nil {
		return d
	}
	return otherwise
}
