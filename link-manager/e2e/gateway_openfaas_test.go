//go:build openfaas

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// cluster is the OpenFaaS of all tests, with the image of our functions in its registry.
var cluster = sync.OnceValues(func() (*openfaastest.Cluster, error) {
	ctx := context.Background()
	c, err := openfaastest.Start(ctx, "../..", slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return nil, err
	}
	endAfterAll(c.Close)
	if _, err := c.CLI.Run(ctx, nil, nil, "build"); err != nil {
		return nil, err
	}
	if _, err := c.CLI.Run(ctx, nil, nil, "push"); err != nil {
		return nil, err
	}
	return c, nil
})

// openFaaS is the cluster, started by the first test that asks.
func openFaaS(t *testing.T) *openfaastest.Cluster {
	t.Helper()
	c, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hostAddress is this machine's address as functions see it: on docker's bridge.
func hostAddress(t *testing.T) string { return openFaaS(t).Bridge.String() }

// moveOut has a Linkwell that was to run in one process use a broker and an OpenFaaS of its own outside.
func moveOut(t *testing.T, c *serve.Config) {
	t.Helper()
	if c.Gateway.GatewayURL != "" {
		return
	}
	b := startBroker(t)
	g := &gateway{t: t, cluster: openFaaS(t)}
	g.deploy(b, c.Checks.CheckAllow)
	c.Broker, c.Gateway = b.settings(), g.settings()
}

// beside has the test run alone all the same: there is one gateway for all.
func beside(*testing.T) {}

// gateway is the real gateway with our functions behind it, which can go away and come back.
type gateway struct {
	t       *testing.T
	cluster *openfaastest.Cluster
}

func startGateway(t *testing.T, b *broker) *gateway {
	t.Helper()
	g := &gateway{t: t, cluster: openFaaS(t)}
	g.deploy(b, hostAddress(t)+"/32")
	return g
}

// settings are what Linkwell must be told to reach it.
func (g *gateway) settings() serve.Gateway {
	return serve.Gateway{GatewayURL: g.cluster.URL, GatewayAuthDir: g.cluster.AuthFolder}
}

// stop ends the gateway without warning; it is back for the next test at the latest.
func (g *gateway) stop() {
	g.cluster.Gateway.Kill()
	g.t.Cleanup(g.start)
}

func (g *gateway) start() {
	g.t.Helper()
	if err := g.cluster.Gateway.Start(context.Background()); err != nil {
		g.t.Error(err)
	}
}

// deploy deploys what stack.yml says, for this broker, and waits until both functions answer. They are gone when the test
// ends.
func (g *gateway) deploy(b *broker, allow string) {
	g.t.Helper()
	g.authorize(b)
	g.redeploy(b, allow)
	g.t.Cleanup(func() {
		if g.t.Failed() {
			g.t.Log(g.runFaaSCLI("logs", "link-checker", "--tail=false"))
		}
		g.runFaaSCLI("remove")
	})
	g.answering()
}

// authorize gives the functions what this broker asks for: credentials, or a secret with nothing in it.
func (g *gateway) authorize(b *broker) {
	g.t.Helper()
	value := []string{"--from-file", b.checker}
	if b.checker == "" {
		value = []string{"--from-literal", " ", "--trim=false"}
	}
	g.runFaaSCLI(append([]string{"secret", "create", "link-checker-nats"}, value...)...)
	g.t.Cleanup(func() { g.runFaaSCLI("secret", "remove", "link-checker-nats") })
}

// answering waits until each function has a replica that answers.
func (g *gateway) answering() {
	g.t.Helper()
	for _, name := range []string{"link-checker", "link-rechecker"} {
		eventually(g.t, name+" answers", func() bool { return g.replicas(name) > 0 })
	}
}

// redeploy replaces what is deployed.
func (g *gateway) redeploy(b *broker, allow string) {
	g.t.Helper()
	g.runFaaSCLIWith([]string{"NATS_URL=" + b.url(), "CHECK_ALLOW=" + allow}, "deploy")
}

// runFaaSCLI runs faas-cli and fails the test if it fails.
func (g *gateway) runFaaSCLI(arguments ...string) string {
	g.t.Helper()
	return g.runFaaSCLIWith(nil, arguments...)
}

func (g *gateway) runFaaSCLIWith(env []string, arguments ...string) string {
	g.t.Helper()
	seen, err := g.cluster.CLI.Run(context.Background(), env, nil, arguments...)
	if err != nil {
		g.t.Fatal(err)
	}
	return seen
}

// replicas is how many replicas of a function are ready.
func (g *gateway) replicas(name string) uint64 {
	g.t.Helper()
	var function types.FunctionStatus
	code, answer := g.call(http.MethodGet, "/system/function/"+name, "")
	if err := json.Unmarshal(answer, &function); code != http.StatusOK || err != nil {
		return 0
	}
	return function.AvailableReplicas
}

// scale sets how many replicas a function has, and waits until they are ready.
func (g *gateway) scale(name string, replicas uint64) {
	g.t.Helper()
	code, answer := g.call(http.MethodPost, "/system/scale-function/"+name, fmt.Sprintf(`{"serviceName":%q,"replicas":%d}`, name, replicas))
	if code >= 300 {
		g.t.Fatalf("scale %s to %d: %d %s", name, replicas, code, answer)
	}
	eventually(g.t, fmt.Sprintf("%s has %d replicas", name, replicas), func() bool { return g.replicas(name) == replicas })
}

// call makes a request of the gateway's API, as its user.
func (g *gateway) call(method, path, body string) (code int, answer []byte) {
	g.t.Helper()
	request, err := http.NewRequest(method, g.cluster.URL+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.SetBasicAuth(g.cluster.User, g.cluster.Password)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		g.t.Fatal(err)
	}
	return response.StatusCode, answer
}
