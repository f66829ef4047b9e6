package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	handler "github.com/openfaas/templates-sdk/go-http"
	"go.uber.org/goleak"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// probeFunc is a Prober that is a function.
type probeFunc func(ctx context.Context, url string, confirm bool) check.Result

func (f probeFunc) Check(ctx context.Context, url string, confirm bool) check.Result {
	return f(ctx, url, confirm)
}

// found is a probe that finds every URL valid and counts how often it was asked.
func found(asked *atomic.Int32) probeFunc {
	return func(_ context.Context, url string, _ bool) check.Result {
		asked.Add(1)
		r := check.Result{URL: url, HTTPStatus: 200, Method: "GET", CheckedAt: now}
		r.Decide(check.OK)
		return r
	}
}

func newChecker(t *testing.T, probe function.Prober, publisher function.Publisher) *function.Checker {
	return &function.Checker{
		Prober:    probe,
		Publisher: publisher,
		Now:       func() time.Time { return now },
		Logger:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func newPublisher(t *testing.T, b *broker) *function.NATSPublisher {
	address := b.url()
	p := &function.NATSPublisher{
		Connect: func() (*nats.Conn, error) {
			return function.Connect(address, access.Files{}, slog.New(slog.DiscardHandler))
		},
		Timeout: 2 * time.Second,
		Now:     func() time.Time { return now },
	}
	t.Cleanup(p.Close)
	return p
}

func call(t *testing.T, c *function.Checker, body string, headers ...string) handler.Response {
	t.Helper()
	req := handler.Request{Body: []byte(body), Method: http.MethodPost, Header: http.Header{}}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.WithContext(t.Context())
	res, err := c.Handle(req)
	if err != nil {
		t.Fatalf("Handle returned the error %v, which the template would turn into a 500", err)
	}
	if got := res.Header.Get(event.HeaderFunction); got != function.Name {
		t.Errorf("the answer %d is marked %q, not as the function's", res.StatusCode, got)
	}
	return res
}

func TestAnEventIsAnsweredAfterTheBrokerKeepsTheAnswer(t *testing.T) {
	b := startBroker(t)
	var asked atomic.Int32
	c := newChecker(t, found(&asked), newPublisher(t, b))
	request := event.Request{CheckID: checkID, URL: "https://example.com/a", Attempt: 1, ExpiresAt: now.Add(time.Minute)}

	res := call(t, c, string(request.Encode()), "Ce-Type", event.TypeAdded, "Content-Type", "application/json")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
	}
	answered, err := event.DecodeChecked(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	kept := b.checked()
	published, err := event.DecodeChecked(kept.Data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answered, published); diff != "" {
		t.Errorf("the answer and the event differ:\n%s", diff)
	}
	if published.CheckID != checkID || published.Status != check.Valid || published.URL != request.URL {
		t.Errorf("published %+v", published)
	}
	for name, want := range map[string]string{event.HeaderType: event.TypeChecked, event.HeaderID: checkID, event.HeaderMessageID: checkID, event.HeaderSource: "link-checker"} {
		if got := kept.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
}

func TestARepeatedEventIsKeptOnce(t *testing.T) {
	b := startBroker(t)
	var asked atomic.Int32
	c := newChecker(t, found(&asked), newPublisher(t, b))
	for range 2 {
		if res := call(t, c, `{"check_id":"`+checkID+`","url":"https://example.com"}`); res.StatusCode != http.StatusOK {
			t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
		}
	}
	if kept := b.kept(); kept != 1 {
		t.Errorf("%d answers are kept", kept)
	}
}

func TestCallsByHand(t *testing.T) {
	for name, body := range map[string]string{
		"a url":             `{"url":"https://example.com"}`,
		"the predecessor's": `{"username":"gigi","url":"https://example.com"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := startBroker(t)
			var asked atomic.Int32
			res := call(t, newChecker(t, found(&asked), newPublisher(t, b)), body)
			if res.StatusCode != http.StatusOK || !strings.Contains(string(res.Body), `"status":"valid"`) {
				t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
			}
			published, err := event.DecodeChecked(b.checked().Data)
			if err != nil || published.CheckID != "" {
				t.Errorf("published %+v, %v: somebody could apply it", published, err)
			}
			if res := call(t, newChecker(t, found(&asked), nil), body); res.StatusCode != http.StatusOK {
				t.Errorf("without a broker the answer is %d %s", res.StatusCode, res.Body)
			}
		})
	}
}

func TestUnusableInputIsRefusedWithASentence(t *testing.T) {
	for name, test := range map[string]struct {
		body, ceType, says string
	}{
		"nothing":               {says: "the body is empty"},
		"not JSON":              {body: "https://example.com", says: "not a JSON object"},
		"no url":                {body: `{"username":"gigi"}`, says: `no \"url\"`},
		"a url without scheme":  {body: `{"url":"example.com"}`, says: "has no scheme"},
		"another scheme":        {body: `{"url":"ftp://example.com"}`, says: "only http and https"},
		"a password in the url": {body: `{"url":"https://u:secret@example.com"}`, says: "user name or password"},
		"too long a url":        {body: `{"url":"https://example.com/` + strings.Repeat("a", 4096) + `"}`, says: "longest allowed is 4096"},
		"a check_id of its own": {body: `{"url":"https://example.com","check_id":"1"}`, says: "32 lower-case hexadecimal"},
		"another kind of event": {body: `{"url":"https://example.com"}`, ceType: event.TypeChecked, says: "is not understood here"},
		"a version to come":     {body: `{"url":"https://example.com"}`, ceType: "linkwell.link.added.v2", says: "is not understood here"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			res := call(t, newChecker(t, found(&asked), nil), test.body, "Ce-Type", test.ceType)
			if res.StatusCode != http.StatusBadRequest || !strings.Contains(string(res.Body), test.says) {
				t.Errorf("answer is %d %s, want 400 saying %q", res.StatusCode, res.Body, test.says)
			}
			var body map[string]string
			if err := json.Unmarshal(res.Body, &body); err != nil || body["error"] == "" || body["message"] == "" {
				t.Errorf("answer %s has no code and sentence: %v", res.Body, err)
			}
			if strings.Contains(string(res.Body), "secret") {
				t.Errorf("answer %s repeats a secret", res.Body)
			}
			if asked.Load() != 0 {
				t.Error("it was checked all the same")
			}
		})
	}
}

func TestAnExpiredRequestIsDropped(t *testing.T) {
	b := startBroker(t)
	var asked atomic.Int32
	expired := event.Request{CheckID: checkID, URL: "https://example.com", ExpiresAt: now}
	res := call(t, newChecker(t, found(&asked), newPublisher(t, b)), string(expired.Encode()))
	if res.StatusCode != http.StatusOK || !strings.Contains(string(res.Body), `"dropped":"expired"`) {
		t.Errorf("answer is %d %s", res.StatusCode, res.Body)
	}
	if asked.Load() != 0 || b.kept() != 0 {
		t.Errorf("it was checked %d times and %d answers are kept", asked.Load(), b.kept())
	}
}

func TestWithoutABrokerACheckIDIsWorthTryingAgain(t *testing.T) {
	var asked atomic.Int32
	res := call(t, newChecker(t, found(&asked), nil), `{"check_id":"`+checkID+`","url":"https://example.com"}`)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), `"error":"no_broker"`) {
		t.Errorf("answer is %d %s", res.StatusCode, res.Body)
	}
	if asked.Load() != 0 {
		t.Error("it was checked for nothing")
	}
}

func TestABrokerThatGoesAwayAndComesBack(t *testing.T) {
	b := startBroker(t)
	var asked atomic.Int32
	publisher := newPublisher(t, b)
	c := newChecker(t, found(&asked), publisher)
	body := func(n int) string {
		return fmt.Sprintf(`{"check_id":"%032x","url":"https://example.com"}`, n)
	}
	if res := call(t, c, body(1)); res.StatusCode != http.StatusOK {
		t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
	}
	b.stop()
	for publisher.Ready() == nil {
		time.Sleep(time.Millisecond) // until the connection knows
	}
	before := asked.Load()
	if res := call(t, c, body(2)); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), `"error":"not_published"`) {
		t.Errorf("while the broker is away the answer is %d %s", res.StatusCode, res.Body)
	}
	if asked.Load() != before {
		t.Error("a site was asked although the answer could not be published")
	}
	if res := call(t, c, `{"url":"https://example.com"}`); res.StatusCode != http.StatusOK {
		t.Errorf("while the broker is away a call by hand is answered %d %s", res.StatusCode, res.Body)
	}
	b.start()
	for {
		if res := call(t, c, body(2)); res.StatusCode == http.StatusOK {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the connection never comes back")
		case <-time.After(50 * time.Millisecond):
		}
	}
	if kept := b.kept(); kept != 2 {
		t.Errorf("%d answers are kept", kept)
	}
}

func TestOneConnectionForTheProcess(t *testing.T) {
	b := startBroker(t)
	before := b.server.NumClients()
	var asked atomic.Int32
	p := newPublisher(t, b)
	c := newChecker(t, found(&asked), p)
	for i := range 20 {
		call(t, c, fmt.Sprintf(`{"check_id":"%032x","url":"https://example.com"}`, i))
	}
	if connections := b.server.NumClients() - before; connections != 1 {
		t.Errorf("%d connections for 20 calls", connections)
	}
	p.Close()
	if err := p.Publish(t.Context(), event.Checked{}); err == nil {
		t.Error("a closed publisher publishes")
	}
}

func TestAPanicInAProbeIsOurFault(t *testing.T) {
	b := startBroker(t)
	panics := probeFunc(func(context.Context, string, bool) check.Result { panic(errors.New("boom")) })
	res := call(t, newChecker(t, panics, newPublisher(t, b)), `{"check_id":"`+checkID+`","url":"https://example.com/a"}`)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
	}
	published, err := event.DecodeChecked(b.checked().Data)
	if err != nil || published.Reason != check.Internal || published.Status != check.Pending || published.URL != "https://example.com/a" {
		t.Errorf("published %+v, %v", published, err)
	}
}

func TestConfirmReachesTheProbe(t *testing.T) {
	for _, confirm := range []bool{true, false} {
		var got bool
		probe := probeFunc(func(_ context.Context, url string, confirm bool) check.Result {
			got = confirm
			return check.Result{URL: url}
		})
		call(t, newChecker(t, probe, nil), fmt.Sprintf(`{"url":"https://example.com","confirm":%v}`, confirm))
		if got != confirm {
			t.Errorf("confirm %v arrived as %v", confirm, got)
		}
	}
}

func portOf(address string) (host string, port int, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", 0, err
	}
	host, text, err := net.SplitHostPort(u.Host)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(text)
	return host, port, err
}
