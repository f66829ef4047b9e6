//go:build openfaas

package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

func TestUpBuildsPushesAndDeploysWhatWorks(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := &gateway{t: t, cluster: openFaaS(t)}
	g.authorize(b)
	began := time.Now()
	up := g.runFaaSCLIWith([]string{"NATS_URL=" + b.url(), "CHECK_ALLOW=" + hostAddress(t) + "/32"}, "up")
	t.Cleanup(func() { g.runFaaSCLI("remove") })
	g.answering()
	t.Logf("up took %v\n%s", time.Since(began).Round(time.Millisecond), up)

	if list := g.runFaaSCLI("list"); !strings.Contains(list, "link-checker ") || !strings.Contains(list, "link-rechecker ") {
		t.Errorf("list: %s", list)
	}
	describe := g.runFaaSCLI("describe", "link-checker")
	for _, part := range []string{"Ready", "link.added", g.cluster.Registry + "/linkwell/link-checker:latest"} {
		if !strings.Contains(describe, part) {
			t.Errorf("describe does not say %q: %s", part, describe)
		}
	}
	answer := g.invoke("link-checker", fmt.Sprintf(`{"url":%q}`, w.URL+"/page"))
	if answer.Status != check.Valid || answer.Reason != check.OK || w.connected() == 0 {
		t.Errorf("invoke: %+v, over %d connections", answer, w.connected())
	}
	if seen, err := g.cluster.CLI.Run(t.Context(), nil, strings.NewReader(`{"link":"?"}`), "invoke", "link-checker"); err == nil || !strings.Contains(seen, "400") {
		t.Errorf("invoke with a wrong body: %v\n%s", err, seen)
	}
	eventually(t, "the logs tell of the check, and not of its URL", func() bool {
		logs := g.runFaaSCLI("logs", "link-checker", "--tail=false")
		return strings.Contains(logs, "reason=ok") && !strings.Contains(logs, w.URL)
	})
}

// invoke is a person who calls a function with faas-cli, and what they read.
func (g *gateway) invoke(name, body string) event.Checked {
	g.t.Helper()
	seen, err := g.cluster.CLI.Run(g.t.Context(), nil, strings.NewReader(body), "invoke", name)
	if err != nil {
		g.t.Fatal(err)
	}
	var answer event.Checked
	if err := json.Unmarshal([]byte(seen), &answer); err != nil {
		g.t.Fatalf("%v: %s", err, seen)
	}
	return answer
}
