package tests

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batch "k8s.io/api/batch/v1"
)

// golden compares a text with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := "testdata/" + file
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./... -update makes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is another:\n%s", path, diff)
	}
}

// drawn is what is made at random, in a Secret.
var drawn = regexp.MustCompile(`(?m)^(  [\w.-]+: )[A-Za-z0-9+/]{40,}={0,2}$`)

func TestRenderings(t *testing.T) {
	if os.Getenv("LINKWELL_NATS_CHART") != "" {
		t.Skip("the renderings are of the chart with the stand-in")
	}
	eachSet(t, func(t *testing.T, set string) {
		var text strings.Builder
		for _, o := range render(t, set) {
			if !o.ours() {
				continue
			}
			text.WriteString("---\n")
			content := strings.TrimSuffix(string(o.Text), "\n") + "\n"
			if o.Kind == "Secret" {
				content = drawn.ReplaceAllString(content, "${1}(drawn)")
			}
			if strings.HasSuffix(o.Metadata.Name, "-dashboard") {
				content, _, _ = strings.Cut(content, "linkwell.json")
				content += "linkwell.json: (dashboards/linkwell.json)\n"
			}
			text.WriteString(content)
		}
		golden(t, set+".golden.yaml", text.String())
	})
}

// Helm shows its notes only where there is a cluster, so they are rendered as if they were a template.
func TestTheNextCommands(t *testing.T) {
	for _, set := range []string{"default", "functions", "minimal", "single"} {
		folder := prepared(t)
		notes, err := os.ReadFile(folder + "/templates/NOTES.txt")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder+"/templates/notes.yaml", notes, 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := runHelm(t, "template", "linkwell", folder, "--namespace", namespace, "--show-only", "templates/notes.yaml", "--debug", "--values", "testdata/"+set+".values.yaml")
		if err != nil {
			t.Logf("helm finds that it is no YAML, and prints it: %v", err)
		}
		_, text, found := strings.Cut(text, "# Source: linkwell/templates/notes.yaml\n")
		if !found {
			t.Fatalf("there are no notes in\n%s", text)
		}
		golden(t, set+".notes.txt", text)
	}
}

func TestLint(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		out, err := runHelm(t, "lint", "--strict", prepared(t), "--namespace", namespace, "--values", "testdata/"+set+".values.yaml")
		if err != nil || !strings.Contains(out, "0 chart(s) failed") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// Whoever reads how doctor is asked copies the command.
func TestTheCommandsThatAskDoctorNameItsCronJob(t *testing.T) {
	var jobs []string
	for _, c := range as[batch.CronJob](t, render(t, "default"), "CronJob") {
		jobs = append(jobs, c.Name)
	}
	for _, file := range []string{"testdata/default.notes.txt", chart + "/README.md", chart + "/RUNBOOK.md", chart + "/UPGRADE.md"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		asked := regexp.MustCompile(`kubectl create job [^`+"`"+`\n]*--from=cronjob/([a-z-]+)`).FindAllStringSubmatch(string(content), -1)
		if len(asked) == 0 {
			t.Errorf("%s does not say how doctor is asked", file)
		}
		for _, command := range asked {
			if !slices.Contains(jobs, command[1]) {
				t.Errorf("%s asks %s, and there is %v", file, command[1], jobs)
			}
		}
	}
}
