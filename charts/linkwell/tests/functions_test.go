package tests

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/linkwell/linkwell/link-checker/ladder"
)

// stack is stack.yml, which deploys the same functions with faas-cli.
type stack struct {
	Functions map[string]struct {
		Annotations            map[string]string `json:"annotations"`
		Environment            map[string]string `json:"environment"`
		Labels                 map[string]string `json:"labels"`
		Limits                 resources         `json:"limits"`
		Requests               resources         `json:"requests"`
		Secrets                []string          `json:"secrets"`
		ReadOnlyRootFilesystem bool              `json:"readonly_root_filesystem"`
	} `json:"functions"`
}

// substituted is a text without what faas-cli fills in: its default, or nothing.
func substituted(text string) string {
	return regexp.MustCompile(`\$\{\w+(?::-([^}]*))?\}`).ReplaceAllString(text, "$1")
}

func TestTheFunctionsAreThoseOfTheStack(t *testing.T) {
	content, err := os.ReadFile(root + "/stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	var s stack
	if err := yaml.Unmarshal([]byte(substituted(string(content))), &s); err != nil {
		t.Fatal(err)
	}
	var rendered []function
	for _, o := range parse(t, mustTemplate(t, "--set", "functions.create=true")) {
		if o.Kind == "Function" {
			rendered = append(rendered, *strictly(t, o).(*function))
		}
	}
	if len(rendered) != len(s.Functions) {
		t.Fatalf("%d functions are rendered", len(rendered))
	}
	for _, f := range rendered {
		want := s.Functions[f.Name]
		environment := maps.Clone(f.Spec.Environment)
		// Where NATS is, and how long things take, is said otherwise.
		for _, name := range []string{"exec_timeout", "read_timeout", "write_timeout"} {
			if duration(t, environment[name]) != duration(t, want.Environment[name]) {
				t.Errorf("%s: %s is %s, and %s in stack.yml", f.Name, name, environment[name], want.Environment[name])
			}
			environment[name] = want.Environment[name]
		}
		if environment["NATS_URL"] != "nats://linkwell-nats.openfaas.svc:4222" {
			t.Errorf("%s: NATS_URL is %s", f.Name, environment["NATS_URL"])
		}
		environment["NATS_URL"], environment["LOG_FORMAT"] = want.Environment["NATS_URL"], want.Environment["LOG_FORMAT"]
		for what, diff := range map[string]string{
			"environment": cmp.Diff(want.Environment, environment), "annotations": cmp.Diff(want.Annotations, f.Spec.Annotations), "labels": cmp.Diff(want.Labels, f.Spec.Labels),
			"limits": cmp.Diff(want.Limits, f.Spec.Limits), "requests": cmp.Diff(want.Requests, f.Spec.Requests), "secrets": cmp.Diff(want.Secrets, f.Spec.Secrets),
		} {
			if diff != "" {
				t.Errorf("%s: the %s are others than in stack.yml:\n%s", f.Name, what, diff)
			}
		}
		if !f.Spec.ReadOnlyRootFilesystem || f.Namespace != "openfaas-fn" {
			t.Errorf("%s: %+v", f.Name, f.Spec)
		}
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustTemplate(t *testing.T, arguments ...string) string {
	t.Helper()
	text, err := template(t, arguments...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return text
}

func TestTheTimeoutsAreTheLaddersOne(t *testing.T) {
	for _, check := range []string{"1", "7", "15"} {
		l, err := ladder.Of(duration(t, check+"s"), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range parse(t, mustTemplate(t, "--set", "functions.create=true,checks.timeoutSeconds="+check)) {
			if o.Kind != "Function" {
				continue
			}
			e := strictly(t, o).(*function).Spec.Environment
			got := [4]time.Duration{duration(t, e["CHECK_TIMEOUT"]), duration(t, e["exec_timeout"]), duration(t, e["read_timeout"]), duration(t, e["write_timeout"])}
			if want := [4]time.Duration{l.Check, l.Exec, l.Write, l.Write}; got != want {
				t.Errorf("%s s: %v, want %v", check, got, want)
			}
			// What Kubernetes waits for a function to end, with what Community Edition leaves at its default.
			if l.Write+duration(t, e["healthcheck_interval"]) > 30*time.Second {
				t.Errorf("%s s: a function is killed before its calls end", check)
			}
		}
	}
}

// A broker that asks for certificates asks everybody: what manager and connector show, the functions show too, each from a file
// that it is given.
func TestEverybodyShowsTheBrokerACertificate(t *testing.T) {
	objects := render(t, "tls")
	environments := map[string]map[string]string{}
	for name, pod := range pods(t, objects) {
		if component := strings.TrimPrefix(name, "linkwell-"); component == "manager" || component == "connector" || component == "doctor" {
			environments[component] = map[string]string{}
			for _, v := range pod.Containers[0].Env {
				environments[component][v.Name] = v.Value
			}
		}
	}
	for _, o := range objects {
		if o.Kind != "Function" {
			continue
		}
		f := strictly(t, o).(*function)
		environments[f.Name] = f.Spec.Environment
		for _, name := range []string{"NATS_CREDS", "NATS_CA", "NATS_CERT", "NATS_KEY"} {
			secret, mounted := strings.CutPrefix(f.Spec.Environment[name], "/var/openfaas/secrets/")
			if !mounted || !slices.Contains(f.Spec.Secrets, secret) {
				t.Errorf("%s: %s is %s, and its secrets are %v", f.Name, name, f.Spec.Environment[name], f.Spec.Secrets)
			}
		}
	}
	if len(environments) != 5 {
		t.Fatalf("there are only %d", len(environments))
	}
	for name, environment := range environments {
		if !strings.HasPrefix(environment["NATS_URL"], "tls://") || environment["NATS_CA"] == "" || environment["NATS_CERT"] == "" || environment["NATS_KEY"] == "" {
			t.Errorf("%s has no certificate: %v", name, environment)
		}
	}
}

func TestKEDALooksAtTheConsumersThatTheConnectorMakes(t *testing.T) {
	golden, err := os.ReadFile(root + "/link-manager/serve/metrics_test.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range as[scaledObject](t, render(t, "keda"), "ScaledObject") {
		for _, trigger := range s.Spec.Triggers {
			seen++
			if trigger.Metadata.Endpoint != "linkwell-nats-headless.openfaas.svc:8222" || trigger.Metadata.Stream != "LINK_REQUESTS" || trigger.Metadata.Account != "LINKWELL" {
				t.Errorf("%+v", trigger.Metadata)
			}
			if trigger.Name == "link-checker" && !strings.Contains(string(golden), `consumer="`+trigger.Metadata.Consumer+`"`) {
				t.Errorf("nobody makes the consumer %s", trigger.Metadata.Consumer)
			}
			if trigger.Name == "link-rechecker" && trigger.Metadata.Consumer != "link-rechecker_openfaas-fn__link_due" {
				t.Errorf("nobody makes the consumer %s", trigger.Metadata.Consumer)
			}
		}
	}
	if seen != 2 {
		t.Errorf("there are %d triggers", seen)
	}
}
