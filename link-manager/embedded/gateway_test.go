package embedded_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// echo answers with what it was called with.
func echo(r handler.Request) (handler.Response, error) {
	return handler.Response{
		Header: http.Header{"Content-Type": {"text/plain"}, "Linkwell-Function": {"echo"}},
		Body:   fmt.Appendf(nil, "%s %s %s", r.Method, r.QueryString, r.Body),
	}, nil
}

// ourFunctions are the two that link-manager hosts, with echo in the place of their code.
func ourFunctions() []embedded.Function {
	return []embedded.Function{
		{Name: "link-checker", Topic: "link.added", Handle: echo, Image: "linkwell/link-checker:embedded"},
		{Name: "link-rechecker", Topic: "link.due", Handle: echo},
	}
}

// newGateway is a gateway with a fixed clock that is closed at the end of the test.
func newGateway(t *testing.T, config embedded.GatewayConfig) *embedded.Gateway {
	t.Helper()
	config.Now = fixedNow
	config.Logger = testLogger(t)
	gateway := embedded.NewGateway(config)
	t.Cleanup(gateway.Close)
	return gateway
}

// ask sends one request, and returns the answer with its body read.
func ask(gateway http.Handler, r *http.Request) (*http.Response, string) {
	recorder := httptest.NewRecorder()
	gateway.ServeHTTP(recorder, r)
	answer := recorder.Result()
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

func TestWhatOtherProgramsSee(t *testing.T) {
	for _, c := range []struct{ golden, method, path string }{
		{"functions.golden", http.MethodGet, "/system/functions"},
		{"functions.golden", http.MethodGet, "/system/functions?namespace=openfaas-fn"},
		{"functions-of-another-namespace.golden", http.MethodGet, "/system/functions?namespace=other"},
		{"function.golden", http.MethodGet, "/system/function/link-checker?usage=1"},
		{"function.golden", http.MethodGet, "/system/function/link-checker.openfaas-fn?namespace=openfaas-fn"},
		{"function-of-another-namespace.golden", http.MethodGet, "/system/function/link-checker?namespace=other"},
		{"unknown-function.golden", http.MethodGet, "/system/function/nobody"},
		{"unknown-function.golden", http.MethodPost, "/function/nobody"},
		{"unknown-function.golden", http.MethodGet, "/system/logs?name=nobody"},
		{"namespaces.golden", http.MethodGet, "/system/namespaces"},
		{"secrets.golden", http.MethodGet, "/system/secrets?namespace=openfaas-fn"},
		{"info.golden", http.MethodGet, "/system/info"},
		{"health.golden", http.MethodGet, "/healthz"},
		{"no-logs.golden", http.MethodGet, "/system/logs?name=link-checker&follow=false"},
		{"bad-tail.golden", http.MethodGet, "/system/logs?name=link-checker&tail=many"},
		{"bad-since.golden", http.MethodGet, "/system/logs?name=link-checker&since=yesterday"},
		{"bad-follow.golden", http.MethodGet, "/system/logs?name=link-checker&follow=please"},
		{"refused-deploy.golden", http.MethodPost, "/system/functions"},
		{"refused-deploy.golden", http.MethodPut, "/system/functions"},
		{"refused-remove.golden", http.MethodDelete, "/system/functions"},
		{"refused-scale.golden", http.MethodPost, "/system/scale-function/link-checker"},
		{"refused-scale.golden", http.MethodPost, "/system/alert"},
		{"refused-async.golden", http.MethodPost, "/async-function/link-checker.openfaas-fn"},
		{"refused-namespace.golden", http.MethodPost, "/system/namespace/mine"},
		{"refused-secrets.golden", http.MethodPost, "/system/secrets"},
		{"refused-secrets.golden", http.MethodPut, "/system/secrets"},
		{"refused-secrets.golden", http.MethodDelete, "/system/secrets"},
		{"nothing-here.golden", http.MethodGet, "/ui/"},
		{"not-this-way.golden", http.MethodDelete, "/system/info"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions()})
			answer, body := ask(gateway, httptest.NewRequest(c.method, c.path, nil))
			seen := fmt.Sprintf("%d %s\n\n%s", answer.StatusCode, answer.Header.Get("Content-Type"), body)
			checkGolden(t, c.golden, strings.ReplaceAll(seen, runtime.GOARCH, "<architecture>"))
		})
	}
}

func TestAGatewayWithoutFunctionsIsStillOne(t *testing.T) {
	gateway := newGateway(t, embedded.GatewayConfig{})
	if _, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/functions", nil)); body != "[]\n" {
		t.Errorf("functions are %q", body)
	}
	if _, body := ask(gateway, httptest.NewRequest(http.MethodPost, "/function/any", nil)); !strings.Contains(body, "there are no functions") {
		t.Errorf("the answer is %q", body)
	}
}

func TestCallsAreCounted(t *testing.T) {
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions()})
	for range 3 {
		ask(gateway, httptest.NewRequest(http.MethodPost, "/function/link-rechecker", nil))
	}
	_, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/function/link-rechecker", nil))
	if !strings.Contains(body, `"invocationCount":3`) {
		t.Errorf("the function is %s", body)
	}
}

func TestGuardSeesEveryRequestFirst(t *testing.T) {
	guard := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Host != "localhost" {
				http.Error(w, "foreign host", http.StatusMisdirectedRequest)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Guard: guard})
	for host, want := range map[string]int{"localhost": http.StatusOK, "rebound.example": http.StatusMisdirectedRequest} {
		for _, path := range []string{"/function/link-checker", "/system/functions", "/healthz"} {
			request := httptest.NewRequest(http.MethodGet, path, nil)
			request.Host = host
			if answer, _ := ask(gateway, request); answer.StatusCode != want {
				t.Errorf("%s of %s: %d, want %d", path, host, answer.StatusCode, want)
			}
		}
	}
}

func TestMistakesOfTheProgramPanic(t *testing.T) {
	for name, functions := range map[string][]embedded.Function{
		"no name":   {{Handle: echo}},
		"no handle": {{Name: "a"}},
		"twice":     {{Name: "a", Handle: echo}, {Name: "a", Handle: echo}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			embedded.NewGateway(embedded.GatewayConfig{Functions: functions})
		})
	}
}

func TestAnnotationsAreShownBesideTheTopicAndStayTheCallers(t *testing.T) {
	annotations := map[string]string{"com.openfaas.retry.attempts": "5"}
	gateway := newGateway(t, embedded.GatewayConfig{Functions: []embedded.Function{{Name: "a", Topic: "b", Handle: echo, Annotations: annotations}}})
	_, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/function/a", nil))
	if !strings.Contains(body, `"annotations":{"com.openfaas.retry.attempts":"5","topic":"b"}`) {
		t.Errorf("the function is %s", body)
	}
	if diff := cmp.Diff(map[string]string{"com.openfaas.retry.attempts": "5"}, annotations); diff != "" {
		t.Error(diff)
	}
}

var errBroken = errors.New("the function is broken")
