package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// templates are the labels of all pods that a rendering has made.
func templates(t *testing.T, objects []object) map[string]labels.Set {
	t.Helper()
	all := map[string]labels.Set{}
	for _, d := range as[apps.Deployment](t, objects, "Deployment") {
		all[d.Name] = d.Spec.Template.Labels
	}
	for _, s := range as[apps.StatefulSet](t, objects, "StatefulSet") {
		all[s.Name] = s.Spec.Template.Labels
	}
	for _, c := range as[batch.CronJob](t, objects, "CronJob") {
		all[c.Name] = c.Spec.JobTemplate.Spec.Template.Labels
	}
	return all
}

func chosen(t *testing.T, all map[string]labels.Set, selector *meta.LabelSelector) (names []string) {
	t.Helper()
	for name, set := range all {
		if selects(t, selector, set) {
			names = append(names, name)
		}
	}
	return names
}

// A selector that finds nobody, or two kinds of pods, is a mistake that Kubernetes does not tell.
func TestEverySelectorFindsItsPods(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		objects := render(t, set)
		all := templates(t, objects)
		one := func(what string, selector *meta.LabelSelector) {
			if names := chosen(t, all, selector); len(names) != 1 {
				t.Errorf("%s finds %v", what, names)
			}
		}
		for _, d := range as[apps.Deployment](t, objects, "Deployment") {
			one(d.Name, d.Spec.Selector)
		}
		for _, s := range as[core.Service](t, objects, "Service") {
			one("the Service "+s.Name, &meta.LabelSelector{MatchLabels: s.Spec.Selector})
		}
		for _, b := range as[policy.PodDisruptionBudget](t, objects, "PodDisruptionBudget") {
			one("the budget "+b.Name, b.Spec.Selector)
		}
		for _, p := range policiesOf(t, objects) {
			if p.Namespace == namespace {
				one("the policy "+p.Name, &p.Spec.PodSelector)
			}
		}
	})
}

func TestEveryEntranceLeadsToTheService(t *testing.T) {
	objects := render(t, "everything")
	var service core.Service
	for _, s := range as[core.Service](t, objects, "Service") {
		if s.Name == "linkwell" {
			service = s
		}
	}
	for _, i := range as[networking.Ingress](t, objects, "Ingress") {
		to := i.Spec.Rules[0].HTTP.Paths[0].Backend.Service
		if to.Name != service.Name || to.Port.Name != service.Spec.Ports[0].Name {
			t.Errorf("the Ingress leads to %+v", to)
		}
	}
	for _, r := range as[httpRoute](t, objects, "HTTPRoute") {
		if to := r.Spec.Rules[0].BackendRefs[0]; to.Name != service.Name || to.Port != service.Spec.Ports[0].Port {
			t.Errorf("the HTTPRoute leads to %+v", to)
		}
	}
	for _, m := range as[serviceMonitor](t, objects, "ServiceMonitor") {
		found := 0
		for _, s := range as[core.Service](t, objects, "Service") {
			if selects(t, &m.Spec.Selector, s.Labels) && s.Spec.Ports[0].Name == m.Spec.Endpoints[0].Port {
				found++
			}
		}
		if found != 2 {
			t.Errorf("the ServiceMonitor finds %d Services", found)
		}
	}
}

// elsewhere are Secrets that somebody else makes.
var elsewhere = []string{"linkwell-database", "basic-auth", "our-nats", "nats-ca", "linkwell-nats-client", "oidc", "admin", "app-db"}

func TestEverySecretIsMadeByTheChartOrTheOperator(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		objects := render(t, set)
		held := secrets(t, objects)
		made := func(where, secret string, keys ...string) {
			for _, key := range keys {
				if _, there := held[where+"/"+secret+"/"+key]; !there && !slices.Contains(elsewhere, secret) {
					t.Errorf("nobody makes %s of %s in %s", key, secret, where)
				}
			}
		}
		for _, pod := range pods(t, objects) {
			for _, v := range pod.Volumes {
				if v.Secret != nil {
					for _, item := range v.Secret.Items {
						made(namespace, v.Secret.SecretName, item.Key)
					}
				}
			}
		}
	})
}

// Users of NATS that somebody made are those of its servers, too, and no others are made.
func TestExistingUsersAreUsedEverywhere(t *testing.T) {
	objects := render(t, "tls")
	used := 0
	for name, pod := range pods(t, objects) {
		for _, v := range pod.Volumes {
			if v.Name == "nats" {
				used++
				if v.Secret.SecretName != "our-nats" {
					t.Errorf("%s takes its credentials from %s", name, v.Secret.SecretName)
				}
			}
		}
		for _, v := range pod.Containers[0].Env {
			if strings.HasSuffix(v.Name, "_PASSWORD") {
				used++
				if v.ValueFrom.SecretKeyRef.Name != "our-nats" {
					t.Errorf("%s takes %s from %s", name, v.Name, v.ValueFrom.SecretKeyRef.Name)
				}
			}
		}
	}
	if used != 6 {
		t.Errorf("the Secret is used %d times", used)
	}
	for path := range secrets(t, objects) {
		if strings.Contains(path, "nats") {
			t.Errorf("%s is made", path)
		}
	}
}

// unused are variables of what the manager leaves to others here: the connector, and a gateway in the process.
var unused = []string{"GATEWAY_LISTEN", "GATEWAY_AUTH_DIR", "CONNECTOR_CONCURRENCY", "CONNECTOR_STREAMS"}

// Every variable that a process of ours is given is one that it has, and every one that it has can be set by a value.
func TestTheVariablesAreThoseOfTheProgram(t *testing.T) {
	for component, command := range map[string]string{"linkwell-manager": "serve", "linkwell-connector": "connector", "linkwell-doctor": "doctor"} {
		run := exec.Command("go", "run", "./link-manager", command, "--help")
		run.Dir = root
		help, err := run.Output()
		if err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, found := range regexp.MustCompile(`\(\$([A-Z_]+)\)`).FindAllStringSubmatch(string(help), -1) {
			has[found[1]] = true
		}
		if len(has) < 10 {
			t.Fatalf("%s has only %d variables:\n%s", command, len(has), help)
		}
		given := map[string]bool{}
		eachSet(t, func(t *testing.T, set string) {
			for _, v := range pods(t, render(t, set))[component].Containers[0].Env {
				given[v.Name] = true
				if !has[v.Name] && v.Name != "GOMEMLIMIT" && !strings.HasPrefix(v.Name, "OTEL_") {
					t.Errorf("%s has no variable %s", command, v.Name)
				}
			}
		})
		if command == "doctor" {
			continue // what it is told is what the other two are
		}
		settable := settings(t, strings.TrimPrefix(component, "linkwell-"))
		for name := range has {
			if !given[name] && !slices.Contains(settable, name) && !slices.Contains(unused, name) {
				t.Errorf("no value sets %s of %s", name, command)
			}
		}
		for _, name := range settable {
			if !has[name] {
				t.Errorf("%s may be set, and %s has it not", name, command)
			}
		}
	}
}

// settings are the variables that the schema lets be set for a component.
func settings(t *testing.T, component string) []string {
	t.Helper()
	content, err := os.ReadFile(chart + "/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			Properties struct {
				Settings struct {
					PropertyNames struct {
						AnyOf []struct {
							Enum []string `json:"enum"`
						} `json:"anyOf"`
					} `json:"propertyNames"`
				} `json:"settings"`
			} `json:"properties"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(content, &schema); err != nil {
		t.Fatal(err)
	}
	return schema.Properties[component].Properties.Settings.PropertyNames.AnyOf[0].Enum
}

func TestTheExampleOfPostgreSQLFits(t *testing.T) {
	content, err := os.ReadFile(chart + "/examples/cloudnative-pg.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects := parse(t, string(content))
	if len(objects) != 1 {
		t.Fatalf("it has %d objects", len(objects))
	}
	c := strictly(t, objects[0]).(*cluster)
	// CloudNativePG: "Connecting from an application".
	if want := "--set database.existingSecret=" + c.Name + "-app --set database.key=uri"; !strings.Contains(string(content), want) {
		t.Errorf("it does not say %s", want)
	}
}
