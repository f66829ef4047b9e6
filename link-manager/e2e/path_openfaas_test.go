//go:build openfaas

package e2e_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/registry"
)

// standinTakes is how long the function takes.
const standinTakes = 50 * time.Millisecond

// path is a broker, and the real gateway with a function on link.added.
type path struct {
	t        *testing.T
	broker   *broker
	gateway  *gateway
	function string
}

func startPath(t *testing.T, configured *server.Options) *path {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT, configured: configured}
	b.authorize()
	b.start()
	t.Cleanup(func() { b.stop() })
	g := &gateway{t: t, cluster: openFaaS(t)}
	g.authorize(b)
	image, err := registry.PushProgram(t.Context(), g.cluster.Registry, "linkwell/standin:latest", "openfaastest/standin")
	if err != nil {
		t.Fatal(err)
	}
	// The provider pulls it.
	t.Cleanup(func() { _, _ = docker.Run(context.Background(), "image", "rm", "--force", image) })
	p := &path{t: t, broker: b, gateway: g, function: "standin"}
	g.must(http.MethodPost, "/system/functions", types.FunctionDeployment{
		Service: p.function, Image: image, Annotations: &map[string]string{"topic": event.SubjectAdded}, Secrets: []string{"link-checker-nats"},
		EnvVars: map[string]string{"NATS_URL": b.url(), "NATS_CREDS": "/var/openfaas/secrets/link-checker-nats", "takes": standinTakes.String()},
	})
	t.Cleanup(func() {
		g.must(http.MethodDelete, "/system/functions", types.DeleteFunctionRequest{FunctionName: p.function})
	})
	eventually(t, "the function answers", func() bool { return g.replicas(p.function) > 0 })
	return p
}

// must makes a request of the gateway's API that it must accept.
func (g *gateway) must(method, path string, body any) {
	g.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	if code, answer := g.call(method, path, string(encoded)); code >= 300 {
		g.t.Fatalf("%s %s: %d %s", method, path, code, answer)
	}
}

// bus connects to the broker as one of its users.
func (p *path) bus(name, credentials string) *bus.Bus {
	p.t.Helper()
	b, err := bus.Connect(p.t.Context(), bus.Config{
		URL: p.broker.url(), Files: access.Files{Credentials: credentials}, Name: name, Streams: event.Streams(time.Hour), Logger: quiet(p.t),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(b.Close)
	return b
}

// request is a request to check that nobody made before.
func (p *path) request() event.Request {
	id := event.NewCheckID()
	return event.Request{CheckID: id, URL: p.url(id), Attempt: 1, Confirm: true}
}

// url leads to where nobody listens; nobody is to look.
func (p *path) url(page string) string { return "http://" + hostAddress(p.t) + ":1/" + page }

// jetStream is the broker for somebody who may do everything.
func (p *path) jetStream() jetstream.JetStream {
	p.t.Helper()
	conn, err := nats.Connect(p.broker.url(), nats.UserCredentials(p.broker.anything))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		p.t.Fatal(err)
	}
	return js
}

// quiet logs what somebody should look at.
func quiet(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}
