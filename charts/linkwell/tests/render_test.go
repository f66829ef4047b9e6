package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// namespace is where the chart is rendered for.
const namespace = "openfaas"

// sets are the value sets, files in testdata, which stand for what people install.
func sets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Fatalf("there are only %d value sets", len(files))
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".values.yaml"))
	}
	return names
}

// eachSet runs test for each value set.
func eachSet(t *testing.T, test func(t *testing.T, set string)) {
	for _, set := range sets(t) {
		t.Run(set, func(t *testing.T) { test(t, set) })
	}
}

// prepared is a copy of the chart with its dependency in it.
func prepared(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "linkwell")
	if err := os.CopyFS(folder, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
	nats := filepath.Join(folder, "charts", "nats")
	if err := os.RemoveAll(filepath.Join(folder, "charts")); err != nil {
		t.Fatal(err)
	}
	if official := os.Getenv("LINKWELL_NATS_CHART"); official != "" {
		if err := os.CopyFS(nats, os.DirFS(official)); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	writeStandIn(t, nats)
	return folder
}

// runHelm returns what helm printed, or what it complained about.
func runHelm(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	command := exec.Command(helm, arguments...)
	command.Env = append(os.Environ(), "HELM_CACHE_HOME="+t.TempDir(), "HELM_CONFIG_HOME="+t.TempDir(), "HELM_DATA_HOME="+t.TempDir())
	var out, complaint bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaint
	if err := command.Run(); err != nil {
		return complaint.String() + out.String(), err
	}
	return out.String(), nil
}

// template is what helm makes of the chart.
func template(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	return runHelm(t, append([]string{"template", "linkwell", prepared(t), "--namespace", namespace, "--include-crds=false"}, arguments...)...)
}

// object is a rendered object: what every kind has, and its text.
type object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	// Source is the file of the chart that it comes from.
	Source string `json:"-"`
	Text   []byte `json:"-"`
}

// ours reports whether it is not of the NATS chart.
func (o object) ours() bool { return !strings.HasPrefix(o.Source, "linkwell/charts/") }

// rendered are the value sets that were rendered already.
var rendered = map[string][]object{}

// render renders a value set.
func render(t *testing.T, set string) []object {
	t.Helper()
	if objects, done := rendered[set]; done {
		return objects
	}
	text, err := template(t, "--values", "testdata/"+set+".values.yaml")
	if err != nil {
		t.Fatalf("helm template: %v\n%s", err, text)
	}
	rendered[set] = parse(t, text)
	return rendered[set]
}

func parse(t *testing.T, text string) []object {
	t.Helper()
	var objects []object
	for document := range strings.SplitSeq("\n"+text, "\n---\n") {
		_, source, _ := strings.Cut(document, "# Source: ")
		source, _, _ = strings.Cut(source, "\n")
		o := object{Source: source, Text: []byte(document)}
		if err := yaml.Unmarshal(o.Text, &o); err != nil {
			t.Fatalf("%s: %v\n%s", source, err, document)
		}
		if o.Kind != "" {
			objects = append(objects, o)
		}
	}
	return objects
}

// as decodes the objects of a kind.
func as[T any](t *testing.T, objects []object, kind string) []T {
	t.Helper()
	var decoded []T
	for _, o := range objects {
		if o.Kind != kind {
			continue
		}
		var one T
		if err := yaml.Unmarshal(o.Text, &one); err != nil {
			t.Fatalf("%s %s: %v", kind, o.Metadata.Name, err)
		}
		decoded = append(decoded, one)
	}
	return decoded
}
