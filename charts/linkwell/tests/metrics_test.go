package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// existing are the metrics that Linkwell has: those of its golden file.
func existing(t *testing.T) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(root + "/link-manager/serve/testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^(linkwell_\w+) \((\w+)\)`).FindAllStringSubmatch(string(content), -1) {
		names[found[1]] = true
		if found[2] == "histogram" {
			names[found[1]+"_bucket"], names[found[1]+"_count"], names[found[1]+"_sum"] = true, true, true
		}
	}
	return names
}

var metric = regexp.MustCompile(`\blinkwell_\w+`)

// board is what is read of a Grafana dashboard.
type board struct {
	Panels []struct {
		ID      int    `json:"id"`
		Title   string `json:"title"`
		Type    string `json:"type"`
		GridPos struct{ H, W, X, Y int }
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
}

func TestThePanelsAreOfMetricsThatExist(t *testing.T) {
	content, err := os.ReadFile(chart + "/dashboards/linkwell.json")
	if err != nil {
		t.Fatal(err)
	}
	var b board
	if err := json.Unmarshal(content, &b); err != nil {
		t.Fatal(err)
	}
	known, shown, ids := existing(t), map[string]bool{}, map[int]bool{}
	for _, p := range b.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			names := metric.FindAllString(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s: %s is of no metric", p.Title, target.Expr)
			}
			for _, name := range names {
				shown[strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")] = true
				if !known[name] {
					t.Errorf("%s: there is no metric %s", p.Title, name)
				}
			}
		}
	}
	for name := range known {
		embedded := strings.HasPrefix(name, "linkwell_broker_") // of a broker in the process
		if !shown[name] && !embedded && !strings.HasSuffix(name, "_bucket") && !strings.HasSuffix(name, "_count") && !strings.HasSuffix(name, "_sum") {
			t.Errorf("no panel shows %s", name)
		}
	}
	for _, o := range render(t, "everything") {
		if strings.HasSuffix(o.Metadata.Name, "-dashboard") {
			var m struct{ Data map[string]string }
			if err := yaml.Unmarshal(o.Text, &m); err != nil || m.Data["linkwell.json"] != strings.TrimSpace(string(content)) {
				t.Errorf("the ConfigMap's dashboard is another: %v", err)
			}
		}
	}
}

// alerts are those that the chart renders.
func alerts(t *testing.T) (all []alert) {
	t.Helper()
	for _, rule := range as[prometheusRule](t, render(t, "everything"), "PrometheusRule") {
		for _, group := range rule.Spec.Groups {
			all = append(all, group.Rules...)
		}
	}
	if len(all) < 10 {
		t.Fatalf("there are only %d alerts", len(all))
	}
	return all
}

func TestEveryAlertIsOfMetricsThatExistAndHasItsEntry(t *testing.T) {
	runbook, err := os.ReadFile(chart + "/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	known, entries := existing(t), strings.Count(string(runbook), "\n## ")
	for _, a := range alerts(t) {
		for _, name := range metric.FindAllString(a.Expr, -1) {
			if !known[name] {
				t.Errorf("%s: there is no metric %s", a.Alert, name)
			}
		}
		if !strings.Contains(string(runbook), "\n## "+a.Alert+"\n") {
			t.Errorf("RUNBOOK.md has no entry %s", a.Alert)
		}
		if want := "RUNBOOK.md#" + strings.ToLower(a.Alert); !strings.HasSuffix(a.Annotations["runbook_url"], want) {
			t.Errorf("%s leads to %s", a.Alert, a.Annotations["runbook_url"])
		}
		if a.Labels["severity"] != "critical" && a.Labels["severity"] != "warning" {
			t.Errorf("%s is %s", a.Alert, a.Labels["severity"])
		}
		entries--
	}
	if entries != 0 {
		t.Errorf("RUNBOOK.md has %d entries more than there are alerts", entries)
	}
}

// Prometheus's own tool runs the rules over the series of testdata/alerts.yaml, and says which fire.
func TestAlertsFireWhenTheyShould(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("LINKWELL_REQUIRE_PROMTOOL") != "" {
			t.Fatal(err)
		}
		t.Skip("promtool, of Debian's prometheus, is not installed")
	}
	folder := t.TempDir()
	rules, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "linkwell", "rules": alerts(t)}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "rules.yaml"), rules, 0o644); err != nil {
		t.Fatal(err)
	}
	cases, err := os.ReadFile("testdata/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts(t) {
		if !strings.Contains(string(cases), `alertname="`+a.Alert+`"`) {
			t.Errorf("testdata/alerts.yaml does not say when %s fires", a.Alert)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "cases.yaml"), cases, 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(promtool, "test", "rules", "cases.yaml")
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
