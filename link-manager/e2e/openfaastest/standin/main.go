//go:build openfaas

// Command standin is a function that stands in for link-checker where the way to it is measured: it looks at nothing, takes as
// long as the variable takes says, and then answers and publishes as link-checker does.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	handler "github.com/openfaas/templates-sdk/go-http"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/check"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// run serves calls until SIGTERM, and then finishes those that are out.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	takes, err := time.ParseDuration(os.Getenv("takes"))
	if err != nil {
		return fmt.Errorf("takes: %w", err)
	}
	publisher := &function.NATSPublisher{
		Connect: func() (*nats.Conn, error) {
			return function.Connect(os.Getenv("NATS_URL"), access.Files{Credentials: os.Getenv("NATS_CREDS")}, slog.Default())
		},
		Timeout: 3 * time.Second,
	}
	defer publisher.Close()
	checker := &function.Checker{Prober: idle(takes), Publisher: publisher, Logger: slog.New(slog.DiscardHandler)}
	calls := http.NewServeMux()
	calls.HandleFunc("/_/health", func(http.ResponseWriter, *http.Request) {})
	calls.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { answer(w, r, checker) })
	server := &http.Server{Addr: ":8080", Handler: calls, ReadHeaderTimeout: time.Minute}
	broken := make(chan error, 1)
	go func() { broken <- server.ListenAndServe() }()
	select {
	case err := <-broken:
		return err
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}

// answer hands one call over to the checker.
func answer(w http.ResponseWriter, r *http.Request, checker *function.Checker) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request := handler.Request{Body: body, Header: r.Header, Method: r.Method}
	request.WithContext(r.Context())
	answered, _ := checker.Handle(request) // never an error
	for name, values := range answered.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(answered.StatusCode)
	_, _ = w.Write(answered.Body)
}

// idle finds every URL well after so long.
type idle time.Duration

// Check waits.
func (i idle) Check(ctx context.Context, url string, _ bool) check.Result {
	select {
	case <-time.After(time.Duration(i)):
	case <-ctx.Done():
	}
	result := check.Result{URL: url, HTTPStatus: http.StatusOK, Method: http.MethodGet, CheckedAt: time.Now().UTC()}
	result.Decide(check.OK)
	return result
}
