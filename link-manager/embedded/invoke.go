package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/event"
)

// The headers that OpenFaaS adds around a call.
const (
	headerCallID    = "X-Call-Id"
	headerStartTime = "X-Start-Time"
	headerDuration  = "X-Duration-Seconds"
	headerTimeout   = "X-Timeout"
	// headerInternal marks an answer that is not the function's.
	headerInternal = "X-Openfaas-Internal"
)

// invoke calls a function and answers what it answers, as a gateway, of-watchdog and the golang-http template do together.
func (g *Gateway) invoke(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	function := g.find(name)
	if function == nil {
		g.unknown(w, name, "")
		return
	}
	began := g.now()
	g.stamp(w, r)
	answer := g.call(function, w, r)
	took := g.now().Sub(began)
	function.invocations.Add(1)
	g.logs.invocation(function.Name, r, answer.StatusCode, took)
	write(w, answer, took)
}

// stamp gives the call an id, unless its caller did, and the time it started (nanoseconds since 1970). The function gets
// both; the caller, as from a real gateway, only an id it does not know yet.
func (g *Gateway) stamp(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get(headerCallID) == "" {
		id := uuid.NewString()
		r.Header.Set(headerCallID, id)
		w.Header().Set(headerCallID, id)
	}
	start := strconv.FormatInt(g.now().UnixNano(), 10)
	r.Header.Set(headerStartTime, start)
	w.Header().Set(headerStartTime, start)
}

// call reads the request and waits for the function, its caller or its time, whichever is first to end.
func (g *Gateway) call(function *hosted, w http.ResponseWriter, r *http.Request) handler.Response {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, event.MaxRequestBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return sentence(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit))
	case err != nil:
		return sentence(http.StatusBadRequest, "the body ended before it was complete")
	}
	limit := g.limit(r)
	ctx, cancel := context.WithTimeout(withFunction(r.Context(), function.Name), limit)
	defer cancel()
	request := handler.Request{
		Body:        body,
		Header:      r.Header.Clone(),
		QueryString: r.URL.RawQuery,
		Method:      r.Method,
		Host:        r.Host,
	}
	request.WithContext(ctx)
	answered := make(chan handler.Response, 1)
	go func() { answered <- g.run(function, request) }()
	select {
	case answer := <-answered:
		return answer
	case <-ctx.Done():
		return watchdog(http.StatusGatewayTimeout, fmt.Sprintf("%s did not answer within %v", function.Name, limit))
	}
}

// limit is how long a call may take: the gateway's timeout, or less if the caller says so.
func (g *Gateway) limit(r *http.Request) time.Duration {
	asked, err := time.ParseDuration(r.Header.Get(headerTimeout))
	if err != nil || asked <= 0 {
		return g.timeout
	}
	return min(asked, g.timeout)
}

// run calls the function's code. Neither an error nor a panic of it leaves this function.
func (g *Gateway) run(function *hosted, request handler.Request) (answer handler.Response) {
	defer func() {
		if fault := recover(); fault != nil {
			g.panicked(function, request, fault)
			answer = watchdog(http.StatusInternalServerError, function.Name+" panicked; its logs say where")
		}
	}()
	answer, err := function.Handle(request)
	switch {
	case err != nil:
		// The template does so too, whatever status the function chose.
		answer.StatusCode = http.StatusInternalServerError
		if len(answer.Body) == 0 {
			answer.Body = []byte(err.Error() + "\n")
		}
	case answer.StatusCode == 0:
		answer.StatusCode = http.StatusOK
	case answer.StatusCode < 200 || answer.StatusCode > 999:
		return sentence(http.StatusInternalServerError, fmt.Sprintf("%s answered with status %d, which is none", function.Name, answer.StatusCode))
	}
	return answer
}

// panicked writes down where a function broke, for whoever reads its logs and for the operator of the process.
func (g *Gateway) panicked(function *hosted, request handler.Request, fault any) {
	stack := debug.Stack()
	g.logs.add(function.Name, fmt.Sprintf("panic: %v\n%s", fault, stack))
	g.logger.ErrorContext(request.Context(), "function panicked",
		"function", function.Name, "call_id", callID(request.Header), "panic", fault, "stack", string(stack))
}

// sentence is an answer in place of the function's, of the kind it would have given itself.
func sentence(status int, text string) handler.Response {
	return handler.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:       []byte(text + "\n"),
	}
}

// watchdog is an answer that says that there is none from the function.
func watchdog(status int, text string) handler.Response {
	answer := sentence(status, text)
	answer.Header.Set(headerInternal, "of-watchdog")
	return answer
}

// write sends answer to the caller, marked as of-watchdog does it.
func write(w http.ResponseWriter, answer handler.Response, took time.Duration) {
	for name, values := range answer.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.Header().Set(headerDuration, strconv.FormatFloat(took.Seconds(), 'f', 6, 64))
	w.WriteHeader(answer.StatusCode)
	// A caller that left, or a status that has no body, is nobody's fault.
	_, _ = w.Write(answer.Body)
}
