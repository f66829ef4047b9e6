//go:build openfaas

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Without Prometheus the gateway cannot list its functions, so that a connector which starts then knows of none.
func TestLinkwellStartsWhileTheGatewayCannotListItsFunctions(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	g.cluster.Prometheus.Kill()
	t.Cleanup(g.startPrometheus)
	l := start(t, outside(t, b, g))
	saved := l.save(w.URL + "/page")
	l.gatewayIs(false)
	g.startPrometheus()
	if got := l.settled(saved.ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
}

// What happens to an OpenFaaS in a year happens while 500 links are saved, 50 during each of these.
func TestNothingIsLostWhileOpenFaaSIsShaken(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	c := outside(t, b, g)
	t.Cleanup(func() { g.startPrometheus(); g.start() })
	l := start(t, c)
	l.settled(l.save(w.URL + "/first").ID) // so that events are on their way from the first shake on
	before := g.cluster.Provider.Containers("link-checker")

	const each = 50
	shakes := []func(){
		func() {
			g.cluster.Prometheus.Kill()
			l.gatewayIs(false)
		},
		func() { l.allSettled() }, // by the functions that were there when the gateway could still list them
		g.cluster.Gateway.Kill,
		g.start, // and it cannot list functions
		func() {
			g.startPrometheus()
			l.gatewayIs(true)
		},
		func() { g.redeploy(b, hostAddress(t)+"/31") },
		func() { g.scale("link-checker", 3) },
		func() {
			g.cluster.Gateway.Kill()
			l.gatewayIs(false)
			g.start()
		},
		func() { g.scale("link-checker", 1) },
		func() { g.redeploy(b, hostAddress(t)+"/30") },
	}
	for i, shake := range shakes {
		saved := make(chan error, 1)
		go func() { saved <- trySave(l, w, i*each, (i+1)*each) }()
		shake()
		if err := <-saved; err != nil {
			t.Fatal(err)
		}
	}

	links := l.allSettled()
	links = links[:len(links)-1] // without the first
	eventually(t, "no container is left of those that were there", func() bool {
		return !slices.ContainsFunc(g.cluster.Provider.Containers("link-checker"), func(id string) bool { return slices.Contains(before, id) })
	})
	allRight(t, links, len(shakes)*each)
	appliedOnce(t, l, c, w, len(shakes)*each)
}

// gatewayIs waits until Linkwell says that the gateway is well, or that it is not, and that links can be saved all the same.
func (l *linkwell) gatewayIs(well bool) {
	l.t.Helper()
	eventually(l.t, fmt.Sprintf("the gateway is well: %v", well), func() bool {
		var parts map[string]string
		l.call("GET", "/readyz", "", http.StatusOK, &parts)
		return (parts["gateway"] == "ok") == well && parts["status"] == "ok"
	})
}

// startPrometheus starts it unless it runs.
func (g *gateway) startPrometheus() {
	g.t.Helper()
	if err := g.cluster.Prometheus.Start(context.Background()); err != nil {
		g.t.Error(err)
	}
}
