//go:build !openfaas

package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"strings"
	"testing"

	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// Programs that stand beside link-manager where it is not alone.
var (
	// natsServer is the broker's own program, in the version that is embedded otherwise.
	natsServer = built("github.com/nats-io/nats-server/v2")
	// functionProcess is the process in the function's image, on any free port.
	functionProcess = built("github.com/linkwell/linkwell/template/golang-http", "-ldflags", "-X main.address=127.0.0.1:0")
)

// parts is a Linkwell whose parts are processes of their own.
type parts struct {
	t           *testing.T
	natsURL     string
	gatewayURL  string
	databaseURL string
	dataFolder  string
	// settings are variables of every process.
	settings []string
}

// startBroker runs the broker. It is always at the same address.
func (p *parts) startBroker() *child {
	port := freePort(p.t)
	p.natsURL = "nats://127.0.0.1:" + port
	c := &child{
		t:         p.t,
		arguments: []string{"-js", "-sd", p.t.TempDir(), "-a", "127.0.0.1", "-p", port},
		chatter:   regexp.MustCompile(`\[(INF|WRN)\]`),
	}
	c.keepRunning(natsServer)
	return c
}

var saysFunction = regexp.MustCompile(`function is ready.*address"?[=:]"?([0-9.]+:[0-9]+)`)

// startFunction runs the function, and a gateway in front of it.
func (p *parts) startFunction() *child {
	c := &child{
		t:           p.t,
		environment: append([]string{"NATS_URL=" + p.natsURL}, p.settings...),
		says:        saysFunction,
		chatter:     regexp.MustCompile(`INFO|WARN`),
	}
	p.gatewayURL = standInGateway(p.t, c.where)
	c.keepRunning(functionProcess)
	return c
}

// standInGateway is an OpenFaaS gateway that lists the function under its two names and hands calls over to wherever it
// is. The marks on an answer are the function's own.
func standInGateway(t *testing.T, function func() string) (url string) {
	nobody := func(handler.Request) (handler.Response, error) { panic("calls are handed over") }
	listing := embedded.NewGateway(embedded.GatewayConfig{Functions: []embedded.Function{
		{Name: "link-checker", Topic: "link.added", Handle: nobody},
		{Name: "link-rechecker", Topic: "link.due", Handle: nobody},
	}})
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", function()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("X-Openfaas-Internal", "gateway")
			w.WriteHeader(http.StatusBadGateway)
		},
		Transport: &http.Transport{},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/function/") {
			proxy.ServeHTTP(w, r)
			return
		}
		listing.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// startConnector runs the connector alone.
func (p *parts) startConnector() *child {
	c := &child{
		t:           p.t,
		arguments:   []string{"connector"},
		environment: p.environment(),
	}
	c.keepRunning(program)
	return c
}

// startManager runs a manager without connector; it says where its API is.
func (p *parts) startManager() *child {
	c := &child{
		t:           p.t,
		arguments:   []string{"serve", "--no-connector"},
		environment: append(p.environment(), "DATABASE_URL="+p.databaseURL, "DATA_DIR="+p.dataFolder, "LISTEN=127.0.0.1:0"),
		says:        saysAPI,
		chatter:     regexp.MustCompile(`^$|^[ A-Z]`), // all that people are told besides
	}
	c.keepRunning(program)
	return c
}

func (p *parts) environment() []string {
	return append([]string{
		"NATS_URL=" + p.natsURL, "GATEWAY_URL=" + p.gatewayURL, "METRICS_LISTEN=127.0.0.1:0", "LOG_LEVEL=warn",
	}, p.settings...)
}
