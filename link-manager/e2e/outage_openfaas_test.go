//go:build openfaas

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// Everything that happens to an OpenFaaS in a year happens in the time it takes to save 500 links.
func TestNothingIsLostWhileOpenFaaSIsShaken(t *testing.T) {
	const links = 500
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	c := outside(t, b, g)
	c.NoConnector = true
	startConnector(t, c)
	l := start(t, c)

	var saved atomic.Int64
	after := func(n int64) { // so that each happens in the middle of it
		eventually(t, fmt.Sprint(n, " links are saved"), func() bool { return saved.Load() >= n })
	}
	savedAll := make(chan error, 1)
	go func() {
		for i := range links {
			path := fmt.Sprintf("/page/%d", i)
			if i%3 == 0 {
				w.answer(path, status(http.StatusNotFound))
			}
			if err := l.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, w.URL+path), http.StatusCreated, nil); err != nil {
				savedAll <- err
				return
			}
			saved.Add(1)
		}
		savedAll <- nil
	}()

	after(20)
	g.cluster.Prometheus.Kill()
	after(60)
	g.cluster.Gateway.Kill()
	after(120)
	g.start() // and cannot list functions, for want of Prometheus
	after(180)
	if err := g.cluster.Prometheus.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	after(220)
	g.redeploy(b, here(t)+"/31")
	after(280)
	g.scale("link-checker", 3)
	after(340)
	g.cluster.Gateway.Kill()
	g.start()
	after(400)
	g.scale("link-checker", 1)
	after(450)
	g.redeploy(b, here(t)+"/30")
	if err := <-savedAll; err != nil {
		t.Fatal(err)
	}

	settled := l.allSettled()
	allRight(t, settled, links)
	appliedOnce(t, l, c, w, links)
}

// scale sets how many replicas a function has.
func (g *gateway) scale(name string, replicas int) {
	g.t.Helper()
	body := fmt.Sprintf(`{"serviceName":%q,"replicas":%d}`, name, replicas)
	request, err := http.NewRequest(http.MethodPost, g.cluster.URL+"/system/scale-function/"+name, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.SetBasicAuth(g.cluster.User, g.cluster.Password)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		g.t.Fatalf("scale %s to %d: %s", name, replicas, response.Status)
	}
	eventually(g.t, fmt.Sprintf("%s has %d replicas", name, replicas), func() bool { return g.replicas(name) == uint64(replicas) })
}
