package function

import (
	"context"
	"net/http"
	"sync"
	"time"

	handler "github.com/openfaas/templates-sdk/go-http"
)

// environment is what this process was started with, read once.
var environment = sync.OnceValues(newFromEnvironment)

// Configure reads the environment, which the first call would do otherwise. It fails with a sentence that names the
// variable which is wrong, and does not connect.
func Configure() error {
	_, err := environment()
	return err
}

// Handle is what OpenFaaS calls. A broken environment is answered with 503 and a sentence that names the variable.
func Handle(req handler.Request) (handler.Response, error) {
	from, err := environment()
	if err != nil {
		return refuse(http.StatusServiceUnavailable, "misconfigured", err), nil
	}
	return from.checker.Handle(req)
}

// Close ends what Handle opened. The process calls it once, after its last call has been answered.
func Close() {
	from, err := environment()
	if err != nil {
		return
	}
	if from.publisher != nil {
		from.publisher.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastTraces)
	defer cancel()
	from.stopTracing(ctx)
}

// lastTraces is how long the last spans may take to be sent.
const lastTraces = time.Second
