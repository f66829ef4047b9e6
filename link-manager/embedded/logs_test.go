package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// minutely is a clock that is a minute later each time it is asked.
func minutely() func() time.Time {
	now := fixedNow()
	return func() time.Time {
		defer func() { now = now.Add(time.Minute) }()
		return now
	}
}

// texts asks for logs and returns the text of each line.
func texts(t *testing.T, gateway http.Handler, query string) []string {
	t.Helper()
	answer, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/logs?"+query, nil))
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	var found []string
	for line := range strings.Lines(body) {
		_, text, _ := strings.Cut(line, `"text":"`)
		found = append(found, strings.TrimSuffix(text, "\"}\n"))
	}
	return found
}

func TestLinesAreChosenByTailAndSince(t *testing.T) {
	kept := embedded.NewLogs(minutely())
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Logs: kept})
	for i := range 4 {
		kept.Logger("link-checker").Info(fmt.Sprint("line", i))
	}
	kept.Logger("link-rechecker").Info("another's")
	line := func(i int) string { return fmt.Sprintf("level=INFO msg=line%d", i) }
	for query, want := range map[string][]string{
		"name=link-checker":                                     {line(0), line(1), line(2), line(3)},
		"name=link-checker.openfaas-fn&tail=-1":                 {line(0), line(1), line(2), line(3)},
		"name=link-checker&tail=2":                              {line(2), line(3)},
		"name=link-checker&tail=9":                              {line(0), line(1), line(2), line(3)},
		"name=link-checker&since=2026-01-02T03:05:05Z":          {line(1), line(2), line(3)},
		"name=link-checker&since=2026-01-02T04:06:05%2B01:00":   {line(2), line(3)},
		"name=link-checker&since=2026-01-02T03:05:05Z&tail=1":   {line(3)},
		"name=link-checker&since=2027-01-01T00:00:00Z":          nil,
		"name=link-checker&instance=link-manager&follow=false":  {line(0), line(1), line(2), line(3)},
		"name=link-checker&instance=somebody-else&follow=false": nil,
	} {
		if diff := cmp.Diff(want, texts(t, gateway, query)); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
}

func TestALineOnTheWire(t *testing.T) {
	kept := embedded.NewLogs(fixedNow)
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Logs: kept})
	kept.Logger("link-checker").With("a", 1).WithGroup("g").Warn("two\nlines", "b", "c d", slog.TimeKey, 2)
	_, body := ask(gateway, httptest.NewRequest(http.MethodGet, "/system/logs?name=link-checker", nil))
	checkGolden(t, "log-line.golden", body)
}

func TestOnlyTheNewestLinesAreKept(t *testing.T) {
	kept := embedded.NewLogs(fixedNow)
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Logs: kept})
	for i := range 2500 {
		kept.Logger("link-checker").Info(fmt.Sprint(i))
	}
	found := texts(t, gateway, "name=link-checker")
	if len(found) != 1000 || found[0] != "level=INFO msg=1500" || found[999] != "level=INFO msg=2499" {
		t.Errorf("%d lines, from %q to %q", len(found), found[0], found[len(found)-1])
	}
}

func TestACallIsOneLineWithoutItsURLAndBody(t *testing.T) {
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions()})
	for _, id := range []string{"0f6c", "https://secret.example/"} {
		request := httptest.NewRequest(http.MethodPost, "/function/link-checker/secret?secret", strings.NewReader("secret"))
		request.Header.Set("X-Call-Id", id)
		ask(gateway, request)
	}
	found := strings.Join(texts(t, gateway, "name=link-checker"), "\n")
	for _, want := range []string{"POST 200 0.00", "s call_id=0f6c\n", "s call_id=unusable"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not in %q", want, found)
		}
	}
	if strings.Contains(found, "secret") {
		t.Errorf("the lines are %q", found)
	}
}

// Two functions may share one handler, and then its logger.
func TestALineBelongsToTheFunctionThatWasCalled(t *testing.T) {
	kept := embedded.NewLogs(fixedNow)
	logger := kept.Logger("link-checker")
	shared := func(r handler.Request) (handler.Response, error) {
		logger.InfoContext(r.Context(), "shared")
		logger.Debug("not kept")
		return handler.Response{}, nil
	}
	gateway := newGateway(t, embedded.GatewayConfig{Logs: kept, Functions: []embedded.Function{
		{Name: "link-checker", Handle: shared}, {Name: "link-rechecker", Handle: shared},
	}})
	ask(gateway, httptest.NewRequest(http.MethodPost, "/function/link-rechecker", nil))
	if found := texts(t, gateway, "name=link-rechecker"); len(found) != 2 || found[0] != "level=INFO msg=shared" {
		t.Errorf("lines of the function that was called: %q", found)
	}
	if found := texts(t, gateway, "name=link-checker"); len(found) != 0 {
		t.Errorf("lines of the other: %q", found)
	}
}

// follow opens a stream of link-checker's lines and returns a function that waits for the next one.
func follow(ctx context.Context, t *testing.T, server *httptest.Server) func() (string, bool) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/system/logs?name=link-checker&follow=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	return func() (string, bool) {
		more := lines.Scan()
		return lines.Text(), more
	}
}

func TestFollowingGoesOnUntilTheServerStops(t *testing.T) {
	kept := embedded.NewLogs(fixedNow)
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Logs: kept})
	server := httptest.NewUnstartedServer(gateway)
	server.Config.WriteTimeout = 50 * time.Millisecond
	server.Config.RegisterOnShutdown(gateway.Close)
	server.Start()
	defer server.Close()

	logger := kept.Logger("link-checker")
	logger.Info("before")
	next := follow(t.Context(), t, server)
	began := time.Now()
	for i := 0; i < 3 || time.Since(began) < 2*server.Config.WriteTimeout; i++ {
		if line, more := next(); !more || !strings.Contains(line, "level=INFO msg=") {
			t.Fatalf("line %d is %q, %v", i, line, more)
		}
		logger.Info("more")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("the stream held up the shutdown: %v", err)
	}
	for _, more := next(); more; _, more = next() {
	}
}

func TestFollowingEndsWhenTheCallerLeaves(t *testing.T) {
	kept := embedded.NewLogs(fixedNow)
	gateway := newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Logs: kept})
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		gateway.ServeHTTP(w, r)
	}))
	defer server.Close()
	kept.Logger("link-checker").Info("here")
	ctx, leave := context.WithCancel(t.Context())
	next := follow(ctx, t, server)
	if _, more := next(); !more {
		t.Error("no line came")
	}
	leave()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the stream goes on")
	}
}
