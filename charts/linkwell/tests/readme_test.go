package tests

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/google/go-cmp/cmp"
	strict "sigs.k8s.io/yaml"
)

const (
	tableBegins = "<!-- values: written by go test ./... -update in tests/ -->\n"
	tableEnds   = "<!-- end of values -->\n"
)

// valuesTable is the table of values.yaml: a row for each value with a comment that begins with "# -- ".
func valuesTable(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("| value | default | what |\n|---|---|---|\n")
	rows(t, &text, document.Content[0], "")
	return text.String()
}

func rows(t *testing.T, text *strings.Builder, values *yaml.Node, path string) {
	t.Helper()
	for i := 0; i+1 < len(values.Content); i += 2 {
		key, value := values.Content[i], values.Content[i+1]
		name := path + key.Value
		_, says, documented := strings.Cut(key.HeadComment, "# -- ")
		switch {
		case documented:
			fmt.Fprintf(text, "| `%s` | %s | %s |\n", name, shown(t, value), says)
		case value.Kind == yaml.MappingNode && len(value.Content) > 0:
			rows(t, text, value, name+".")
		default:
			t.Errorf("values.yaml does not say what %s is", name)
		}
	}
}

// shown is a default, if it is short.
func shown(t *testing.T, value *yaml.Node) string {
	t.Helper()
	if value.Kind == yaml.ScalarNode && value.Value == "" {
		return ""
	}
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	if value.Kind == yaml.ScalarNode {
		return "`" + value.Value + "`"
	}
	flat, err := strict.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := strict.YAMLToJSON(flat)
	if err != nil {
		t.Fatal(err)
	}
	if len(asJSON) > 100 {
		return "see values.yaml"
	}
	return "`" + string(asJSON) + "`"
}

func TestTheReadmeHasEveryValue(t *testing.T) {
	path := chart + "/README.md"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), tableBegins)
	got, after, ended := strings.Cut(rest, tableEnds)
	if !found || !ended {
		t.Fatalf("%s has no place for the values", path)
	}
	want := valuesTable(t)
	if *update {
		got = want
		if err := os.WriteFile(path, []byte(before+tableBegins+want+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not what values.yaml says:\n%s", path, diff)
	}
}
