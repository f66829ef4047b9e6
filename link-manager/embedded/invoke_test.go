package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// hosting is a gateway with one function, called "f".
func hosting(t *testing.T, handle func(handler.Request) (handler.Response, error)) *embedded.Gateway {
	t.Helper()
	return newGateway(t, embedded.GatewayConfig{Functions: []embedded.Function{{Name: "f", Handle: handle}}})
}

func TestWhatAFunctionIsCalledWith(t *testing.T) {
	var called handler.Request
	gateway := hosting(t, func(r handler.Request) (handler.Response, error) {
		called = r
		return handler.Response{}, nil
	})
	for _, path := range []string{"/function/f", "/function/f.openfaas-fn", "/function/f/deeper/path"} {
		request := httptest.NewRequest(http.MethodPut, path+"?a=1&b=2", strings.NewReader("body"))
		request.Host = "gateway.example"
		request.Header.Set("Ce-Id", "7")
		if answer, body := ask(gateway, request); answer.StatusCode != http.StatusOK || body != "" {
			t.Fatalf("%s: %d %q", path, answer.StatusCode, body)
		}
		got := []string{called.Method, called.QueryString, called.Host, called.Header.Get("Ce-Id"), string(called.Body)}
		if diff := cmp.Diff([]string{"PUT", "a=1&b=2", "gateway.example", "7", "body"}, got); diff != "" {
			t.Errorf("%s:\n%s", path, diff)
		}
	}
}

func TestWhatAFunctionAnswers(t *testing.T) {
	header := http.Header{"linkwell-function": {"f"}, "Many": {"1", "2"}, "X-Duration-Seconds": {"mine"}}
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
		{"error", handler.Response{}, errBroken, 500, "the function is broken\n"},
		{"error with body and status", handler.Response{StatusCode: 400, Body: []byte("explained")}, errBroken, 500, "explained"},
		{"no such status", handler.Response{StatusCode: 42}, nil, 500, "f answered with status 42, which is none\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.response.Header = header.Clone()
			gateway := hosting(t, func(handler.Request) (handler.Response, error) { return c.response, c.err })
			answer, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/function/f", nil))
			if answer.StatusCode != c.status || body != c.body {
				t.Errorf("%d %q, want %d %q", answer.StatusCode, body, c.status, c.body)
			}
			if c.response.StatusCode != 42 && (answer.Header.Get("Linkwell-Function") != "f" || len(answer.Header["Many"]) != 2) {
				t.Errorf("the header is %v", answer.Header)
			}
			if seconds, err := strconv.ParseFloat(answer.Header.Get("X-Duration-Seconds"), 64); err != nil || seconds < 0 {
				t.Errorf("X-Duration-Seconds: %v", err)
			}
			if answer.Header.Get("X-Openfaas-Internal") != "" {
				t.Error("the answer is not marked as the function's")
			}
		})
	}
}

func TestACallHasAnIDAndAStart(t *testing.T) {
	var seen http.Header
	gateway := hosting(t, func(r handler.Request) (handler.Response, error) {
		seen = r.Header
		return handler.Response{}, nil
	})
	answer, _ := ask(gateway, httptest.NewRequest(http.MethodPost, "/function/f", nil))
	if id := answer.Header.Get("X-Call-Id"); id == "" || id != seen.Get("X-Call-Id") {
		t.Errorf("made up %q, the function got %q", id, seen.Get("X-Call-Id"))
	}
	if start := strconv.FormatInt(fixedNow().UnixNano(), 10); answer.Header.Get("X-Start-Time") != start || seen.Get("X-Start-Time") != start {
		t.Errorf("start is %q and %q, want %q", answer.Header.Get("X-Start-Time"), seen.Get("X-Start-Time"), start)
	}

	request := httptest.NewRequest(http.MethodPost, "/function/f", nil)
	request.Header.Set("X-Call-Id", "given")
	if answer, _ = ask(gateway, request); seen.Get("X-Call-Id") != "given" || answer.Header.Get("X-Call-Id") != "" {
		t.Errorf("the function got %q, the caller %q", seen.Get("X-Call-Id"), answer.Header.Get("X-Call-Id"))
	}
}

func TestAPanicIsAnAnswerAndALine(t *testing.T) {
	gateway := hosting(t, func(handler.Request) (handler.Response, error) { panic("out of cheese") })
	answer, body := ask(gateway, httptest.NewRequest(http.MethodPost, "/function/f", nil))
	if answer.StatusCode != http.StatusInternalServerError || answer.Header.Get("X-Openfaas-Internal") != "of-watchdog" || body != "f panicked; its logs say where\n" {
		t.Errorf("%d %v %q", answer.StatusCode, answer.Header, body)
	}
	_, lines := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/logs?name=f", nil))
	if !strings.Contains(lines, "panic: out of cheese") || !strings.Contains(lines, "invoke_test.go") {
		t.Errorf("the logs are %s", lines)
	}
}

func TestABodyIsRefusedIfItIsTooLargeOrBroken(t *testing.T) {
	gateway := hosting(t, echo)
	fits := strings.Repeat("x", event.MaxRequestBytes)
	for _, c := range []struct {
		name    string
		request *http.Request
		status  int
		body    string
	}{
		{"fits", httptest.NewRequest(http.MethodPost, "/function/f", strings.NewReader(fits)), 200, "POST  " + fits},
		{"too large", httptest.NewRequest(http.MethodPost, "/function/f", strings.NewReader(fits+"x")), 413, "the body is larger than 65536 bytes\n"},
		{"broken", httptest.NewRequest(http.MethodPost, "/function/f", iotest.ErrReader(errBroken)), 400, "the body ended before it was complete\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, body := ask(gateway, c.request)
			if answer.StatusCode != c.status || body != c.body {
				t.Errorf("%d %.80q", answer.StatusCode, body)
			}
			if answer.Header.Get("X-Duration-Seconds") == "" || answer.Header.Get("X-Openfaas-Internal") != "" {
				t.Errorf("trying again is not prevented: %v", answer.Header)
			}
		})
	}
}

// untilCancelled is a function that works until its context ends, and then tells why on causes.
func untilCancelled(causes chan<- error) func(handler.Request) (handler.Response, error) {
	return func(r handler.Request) (handler.Response, error) {
		<-r.Context().Done()
		// The gateway must not depend on the function's answer to find that the time is over.
		causes <- r.Context().Err()
		return handler.Response{}, r.Context().Err()
	}
}

func TestACallThatTakesTooLongIsCancelledAndAnswered(t *testing.T) {
	for _, c := range []struct {
		timeout time.Duration
		asked   string
	}{
		{20 * time.Millisecond, ""},
		{20 * time.Millisecond, "1h"},
		{time.Hour, "20ms"},
	} {
		t.Run(fmt.Sprint(c.timeout, " ", c.asked), func(t *testing.T) {
			causes := make(chan error)
			gateway := newGateway(t, embedded.GatewayConfig{
				Functions: []embedded.Function{{Name: "f", Handle: untilCancelled(causes)}}, Timeout: c.timeout,
			})
			request := httptest.NewRequest(http.MethodPost, "/function/f", nil)
			request.Header.Set("X-Timeout", c.asked)
			answer, body := ask(gateway, request)
			if answer.StatusCode != http.StatusGatewayTimeout || answer.Header.Get("X-Openfaas-Internal") != "of-watchdog" || body != "f did not answer within 20ms\n" {
				t.Errorf("%d %v %q", answer.StatusCode, answer.Header, body)
			}
			if cause := <-causes; !errors.Is(cause, context.DeadlineExceeded) {
				t.Errorf("the function's context ended with %v", cause)
			}
		})
	}
}

func TestACallEndsWithItsCaller(t *testing.T) {
	causes := make(chan error)
	gateway := hosting(t, untilCancelled(causes))
	ctx, leave := context.WithCancel(t.Context())
	leave()
	ask(gateway, httptest.NewRequestWithContext(ctx, http.MethodPost, "/function/f", nil))
	if cause := <-causes; !errors.Is(cause, context.Canceled) {
		t.Errorf("the function's context ended with %v", cause)
	}
}
