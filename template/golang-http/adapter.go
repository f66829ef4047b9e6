package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"

	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/event"
)

// adapter serves a function over HTTP. What the function does not answer itself is answered in the shape of its own
// refusals: a code for the program and a sentence for the person.
//
//	400 bad_request  the body ended before it was complete
//	413 too_large    the body is larger than event.MaxRequestBytes
//	500 failed       the function returned an error, whatever status it chose, or a status that is none
//	500 panicked     its code broke; the log says where, and the process lives on
type adapter struct {
	Handle func(handler.Request) (handler.Response, error)
	Logger *slog.Logger
}

func (a adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	write(w, a.answer(w, r))
}

// answer reads the request and calls the function with it.
func (a adapter) answer(w http.ResponseWriter, r *http.Request) handler.Response {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, event.MaxRequestBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit))
	case err != nil:
		return refuse(http.StatusBadRequest, "bad_request", "the body ended before it was complete")
	}
	request := handler.Request{
		Body:        body,
		Header:      r.Header,
		QueryString: r.URL.RawQuery,
		Method:      r.Method,
		Host:        r.Host,
	}
	request.WithContext(r.Context())
	return a.call(request)
}

// call calls the function. Neither an error nor a panic of it leaves this method.
func (a adapter) call(request handler.Request) (answer handler.Response) {
	defer func() {
		if fault := recover(); fault != nil {
			a.Logger.ErrorContext(request.Context(), "function panicked", "panic", fmt.Sprint(fault), "stack", string(debug.Stack()))
			answer = refuse(http.StatusInternalServerError, "panicked", "the function panicked; its log says where")
		}
	}()
	answer, err := a.Handle(request)
	switch {
	case err != nil:
		return refuse(http.StatusInternalServerError, "failed", err.Error())
	case answer.StatusCode == 0:
		answer.StatusCode = http.StatusOK
	case answer.StatusCode < 200 || answer.StatusCode > 999:
		return refuse(http.StatusInternalServerError, "failed", fmt.Sprintf("the function answered with status %d, which is none", answer.StatusCode))
	}
	return answer
}

// refuse is an answer in place of the function's.
func refuse(status int, code, sentence string) handler.Response {
	body, err := json.Marshal(map[string]string{"error": code, "message": sentence})
	if err != nil {
		panic(fmt.Sprintf("encode refusal: %v", err)) // strings always encode
	}
	return handler.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       append(body, '\n'),
	}
}

func write(w http.ResponseWriter, answer handler.Response) {
	for name, values := range answer.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(answer.StatusCode)
	// A caller that left, or a status that has no body, is nobody's fault.
	_, _ = w.Write(answer.Body)
}
