package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/event"
)

var errBroken = errors.New("the function is \"broken\"")

// adapting is f over HTTP.
func adapting(t *testing.T, f func(handler.Request) (handler.Response, error)) adapter {
	return adapter{Handle: f, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

// ask returns what a answers, and its body.
func ask(a http.Handler, request *http.Request) (*http.Response, string) {
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, request)
	return recorder.Result(), recorder.Body.String()
}

func TestWhatAFunctionIsCalledWith(t *testing.T) {
	var called handler.Request
	a := adapting(t, func(r handler.Request) (handler.Response, error) {
		called = r
		return handler.Response{}, nil
	})
	type key struct{}
	request := httptest.NewRequestWithContext(context.WithValue(t.Context(), key{}, "caller"), http.MethodPut, "/deeper/path?a=1&b=2", strings.NewReader("body"))
	request.Host = "link-checker.openfaas-fn:8080"
	request.Header.Set("Ce-Id", "7")
	ask(a, request)
	got := []any{called.Method, called.QueryString, called.Host, called.Header.Get("Ce-Id"), string(called.Body), called.Context().Value(key{})}
	if diff := cmp.Diff([]any{"PUT", "a=1&b=2", "link-checker.openfaas-fn:8080", "7", "body", "caller"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAFunctionAnswers(t *testing.T) {
	header := http.Header{"linkwell-function": {"f"}, "Many": {"1", "2"}}
	for _, c := range []struct {
		name     string
		response handler.Response
		err      error
		status   int
		body     string
	}{
		{"nothing", handler.Response{}, nil, 200, ""},
		{"body", handler.Response{Body: []byte("hello")}, nil, 200, "hello"},
		{"status", handler.Response{StatusCode: 418, Body: []byte("teapot")}, nil, 418, "teapot"},
		{"no content", handler.Response{StatusCode: 204}, nil, 204, ""},
		{"error", handler.Response{}, errBroken, 500, `{"error":"failed","message":"the function is \"broken\""}` + "\n"},
		{"error with status", handler.Response{StatusCode: 400, Body: []byte("explained")}, errBroken, 500, `{"error":"failed","message":"the function is \"broken\""}` + "\n"},
		{"no such status", handler.Response{StatusCode: 42}, nil, 500, `{"error":"failed","message":"the function answered with status 42, which is none"}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.response.Header = header.Clone()
			answer, body := ask(adapting(t, func(handler.Request) (handler.Response, error) { return c.response, c.err }), httptest.NewRequest(http.MethodGet, "/", nil))
			if answer.StatusCode != c.status || body != c.body {
				t.Errorf("%d %q, want %d %q", answer.StatusCode, body, c.status, c.body)
			}
			want := http.Header{"Linkwell-Function": {"f"}, "Many": {"1", "2"}}
			if c.status == 500 {
				want = http.Header{"Content-Type": {"application/json"}}
			}
			if diff := cmp.Diff(want, answer.Header); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABodyIsRefusedIfItIsTooLargeOrBroken(t *testing.T) {
	echo := func(r handler.Request) (handler.Response, error) { return handler.Response{Body: r.Body}, nil }
	fits := strings.Repeat("x", event.MaxRequestBytes)
	for _, c := range []struct {
		name   string
		body   io.Reader
		status int
		answer string
	}{
		{"none", nil, 200, ""},
		{"fits", strings.NewReader(fits), 200, fits},
		{"too large", strings.NewReader(fits + "x"), 413, `{"error":"too_large","message":"the body is larger than 65536 bytes"}` + "\n"},
		{"broken", iotest.ErrReader(errBroken), 400, `{"error":"bad_request","message":"the body ended before it was complete"}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, body := ask(adapting(t, echo), httptest.NewRequest(http.MethodPost, "/", c.body))
			if answer.StatusCode != c.status || body != c.answer {
				t.Errorf("%d %.80q", answer.StatusCode, body)
			}
		})
	}
}

func TestAPanicIsAnAnswerAndALine(t *testing.T) {
	var log bytes.Buffer
	a := adapter{
		Handle: func(handler.Request) (handler.Response, error) { panic("out of cheese") },
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}
	answer, body := ask(a, httptest.NewRequest(http.MethodPost, "/", nil))
	if answer.StatusCode != http.StatusInternalServerError || body != `{"error":"panicked","message":"the function panicked; its log says where"}`+"\n" {
		t.Errorf("%d %q", answer.StatusCode, body)
	}
	if !strings.Contains(log.String(), `panic="out of cheese"`) || !strings.Contains(log.String(), "adapter_test.go") {
		t.Errorf("the log is %s", log.String())
	}
}

func TestACallEndsWithItsCaller(t *testing.T) {
	called, causes := make(chan struct{}), make(chan error, 1)
	web := httptest.NewServer(adapting(t, func(r handler.Request) (handler.Response, error) {
		close(called)
		<-r.Context().Done()
		causes <- r.Context().Err()
		return handler.Response{}, nil
	}))
	defer web.Close()
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-called
		leave()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, web.URL, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := web.Client().Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller got %v", err)
	}
	if cause := <-causes; !errors.Is(cause, context.Canceled) {
		t.Errorf("the function's context ended with %v", cause)
	}
}
