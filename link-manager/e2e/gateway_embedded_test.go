//go:build !openfaas

package e2e_test

import (
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	handler "github.com/openfaas/templates-sdk/go-http"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// hostAddress is this machine's address as functions see it.
func hostAddress(*testing.T) string { return "127.0.0.1" }

// moveOut leaves the functions where they are: in the process, on the embedded gateway.
func moveOut(*testing.T, *serve.Config) {}

// beside has the test run beside others: it has a Linkwell of its own, and waits more than it works.
func beside(t *testing.T) {
	t.Helper()
	t.Parallel()
}

// gateway is an OpenFaaS gateway outside of Linkwell with the function on it, which can go away and come back.
type gateway struct {
	t       *testing.T
	address string
	handler http.Handler
	server  *http.Server
	ended   chan struct{}
}

func startGateway(t *testing.T, b *broker) *gateway {
	check := hostChecker(t, b)
	return hostFunctions(t,
		embedded.Function{Name: "link-checker", Topic: "link.added", Handle: check},
		embedded.Function{Name: "link-rechecker", Topic: "link.due", Handle: check},
	)
}

// hostChecker is the function as it answers calls, with a connection to b.
func hostChecker(t *testing.T, b *broker) func(handler.Request) (handler.Response, error) {
	address := b.url()
	publisher := &function.NATSPublisher{Connect: func() (*nats.Conn, error) {
		return function.Connect(address, b.files(), slog.New(slog.DiscardHandler))
	}, Timeout: 3 * time.Second}
	t.Cleanup(publisher.Close)
	allow, err := probe.ParseAllow(hostAddress(t) + "/32")
	if err != nil {
		t.Fatal(err)
	}
	return (&function.Checker{Prober: &probe.Prober{Allow: allow}, Publisher: publisher, Logger: slog.New(slog.DiscardHandler)}).Handle
}

// hostFunctions starts a gateway with these functions.
func hostFunctions(t *testing.T, functions ...embedded.Function) *gateway {
	g := &gateway{t: t, address: "127.0.0.1:0", handler: embedded.NewGateway(embedded.GatewayConfig{Functions: functions})}
	g.start()
	t.Cleanup(func() { g.stop() })
	return g
}

// settings are what Linkwell must be told to reach it.
func (g *gateway) settings() serve.Gateway { return serve.Gateway{GatewayURL: "http://" + g.address} }

func (g *gateway) start() {
	g.t.Helper()
	listener, err := net.Listen("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.address = listener.Addr().String()
	g.server, g.ended = &http.Server{Handler: g.handler, ReadHeaderTimeout: time.Minute}, make(chan struct{})
	go func(s *http.Server, ended chan struct{}) { defer close(ended); _ = s.Serve(listener) }(g.server, g.ended)
}

func (g *gateway) stop() {
	_ = g.server.Close()
	<-g.ended
}

// files are what the function is told to reach it.
func (b *broker) files() access.Files {
	return access.Files{Credentials: b.checker, CA: b.authority, Certificate: b.certificate, Key: b.certificateKey}
}
