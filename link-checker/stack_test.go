package function_test

import (
	"os"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/ladder"
)

// deployed is what stack.yml says of a function.
type deployed struct {
	Image       string
	Handler     string
	SkipBuild   bool `yaml:"skip_build"`
	Annotations map[string]string
	Environment map[string]string
	Secrets     []string
	ReadOnly    bool `yaml:"readonly_root_filesystem"`
}

func stack(t *testing.T) map[string]deployed {
	t.Helper()
	content, err := os.ReadFile("../stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Functions map[string]deployed }
	if err := yaml.Unmarshal(content, &read); err != nil {
		t.Fatal(err)
	}
	return read.Functions
}

func TestTheStackHasAFunctionForEachLane(t *testing.T) {
	functions := stack(t)
	if len(functions) != 2 {
		t.Errorf("it has %d functions", len(functions))
	}
	checker, rechecker := functions["link-checker"], functions["link-rechecker"]
	for subject, function := range map[string]deployed{event.SubjectAdded: checker, event.SubjectDue: rechecker} {
		if topic := function.Annotations["topic"]; topic != subject {
			t.Errorf("the topic is %q, want %q", topic, subject)
		}
		if !function.ReadOnly || len(function.Secrets) != 1 || function.Environment["NATS_CREDS"] != "/var/openfaas/secrets/"+function.Secrets[0] {
			t.Errorf("read-only is %v, the secrets are %q and NATS_CREDS is %q", function.ReadOnly, function.Secrets, function.Environment["NATS_CREDS"])
		}
	}
	if checker.Image != rechecker.Image || checker.Handler != rechecker.Handler || checker.SkipBuild || !rechecker.SkipBuild {
		t.Errorf("they are not one image, built once: %+v, %+v", checker, rechecker)
	}
}

func TestTheStackClimbsTheLadder(t *testing.T) {
	// Kubernetes waits 30 s between SIGTERM and SIGKILL, and Community Edition cannot say otherwise.
	const grace = 30 * time.Second
	for name, function := range stack(t) {
		say := func(variable string) time.Duration {
			d, err := time.ParseDuration(function.Environment[variable])
			if err != nil {
				t.Errorf("%s: %s: %v", name, variable, err)
			}
			return d
		}
		rungs, err := ladder.Of(say("CHECK_TIMEOUT"), 0)
		if err != nil {
			t.Fatal(err)
		}
		if rungs.Check != ladder.DefaultCheck {
			t.Errorf("%s: CHECK_TIMEOUT is %v, the manager's default %v", name, rungs.Check, ladder.DefaultCheck)
		}
		for variable, want := range map[string]time.Duration{"exec_timeout": rungs.Exec, "read_timeout": rungs.Write, "write_timeout": rungs.Write} {
			if got := say(variable); got != want {
				t.Errorf("%s: %s is %v, the ladder says %v", name, variable, got, want)
			}
		}
		if drain := say("healthcheck_interval") + say("write_timeout"); drain >= grace {
			t.Errorf("%s: it drains for up to %v, and is killed after %v", name, drain, grace)
		}
	}
}
