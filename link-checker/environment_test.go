package function

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/probe"
)

func TestEnvironment(t *testing.T) {
	setenv(t, map[string]string{
		"NATS_URL":         "nats://127.0.0.1:1",
		"CHECK_TIMEOUT":    "2s",
		"CHECK_ALLOW":      "127.0.0.0/8, fd00::/8",
		"CHECK_USER_AGENT": "Tester/1.0",
		"exec_timeout":     "3s",
	})
	f, err := newFromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	prober := f.checker.Prober.(*probe.Prober)
	allow := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	if prober.Timeout != 2*time.Second || prober.UserAgent != "Tester/1.0" || !slices.Equal(prober.Allow, allow) {
		t.Errorf("the probe is %+v", prober)
	}
	if f.publisher == nil || f.publisher.Timeout != 600*time.Millisecond {
		t.Errorf("the publisher is %+v", f.publisher)
	}
}

func TestAnEmptyEnvironmentAnswersCallsByHand(t *testing.T) {
	setenv(t, nil)
	f, err := newFromEnvironment()
	if err != nil || f.publisher != nil || f.checker.Publisher != nil {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestABrokenEnvironmentIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		variables map[string]string
		says      string
	}{
		"a timeout without a unit":           {map[string]string{"CHECK_TIMEOUT": "10"}, `CHECK_TIMEOUT is "10"`},
		"a timeout no gateway waits for":     {map[string]string{"CHECK_TIMEOUT": "50s"}, "CHECK_TIMEOUT is 50s"},
		"a watchdog that ends before we do":  {map[string]string{"exec_timeout": "13s"}, "exec_timeout is 13s; with CHECK_TIMEOUT 10s it must be more than 13s"},
		"a network that is only an address":  {map[string]string{"CHECK_ALLOW": "10.0.0.1"}, `CHECK_ALLOW: "10.0.0.1" is not a network`},
		"a certificate without its key":      {map[string]string{"NATS_URL": "nats://127.0.0.1:1", "NATS_CERT": "/a"}, "NATS_CERT and NATS_KEY"},
		"a watchdog's timeout without digit": {map[string]string{"exec_timeout": "soon"}, `exec_timeout is "soon"`},
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, test.variables)
			if _, err := newFromEnvironment(); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
		})
	}
}

// setenv makes the variables the only ones the function knows.
func setenv(t *testing.T, variables map[string]string) {
	for _, name := range []string{"NATS_URL", "NATS_CREDS", "NATS_CA", "NATS_CERT", "NATS_KEY", "CHECK_TIMEOUT", "CHECK_ALLOW", "CHECK_USER_AGENT", "exec_timeout"} {
		t.Setenv(name, variables[name])
	}
}

func TestConfigureFailsBeforeTheFirstCall(t *testing.T) {
	setenv(t, map[string]string{"CHECK_ALLOW": "everything"})
	environment = sync.OnceValues(newFromEnvironment)
	t.Cleanup(func() { environment = sync.OnceValues(newFromEnvironment) })
	if err := Configure(); err == nil || !strings.Contains(err.Error(), "CHECK_ALLOW") {
		t.Errorf("the error is %v", err)
	}
	answer, err := Handle(handler.Request{Body: []byte(`{"url":"https://example.com"}`)})
	if err != nil || answer.StatusCode != 503 || !strings.Contains(string(answer.Body), "CHECK_ALLOW") {
		t.Errorf("a call is answered %d %s, %v", answer.StatusCode, answer.Body, err)
	}
}
