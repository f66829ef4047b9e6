package function_test

import (
	"os"
	"slices"
	"strings"
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
	Labels      map[string]string
	Limits      struct{ Memory, CPU string }
	ReadOnly    bool `yaml:"readonly_root_filesystem"`
}

// stackFile is what stack.yml says.
type stackFile struct {
	Provider      struct{ Gateway string }
	Functions     map[string]deployed
	Configuration struct{ Copy []string }
}

func readStack(t *testing.T) stackFile {
	t.Helper()
	content, err := os.ReadFile("../stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	var read stackFile
	if err := yaml.Unmarshal(content, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTheStackIsForEverybodysGatewayAndRegistry(t *testing.T) {
	stack := readStack(t)
	if !strings.HasPrefix(stack.Provider.Gateway, "${OPENFAAS_URL:-") {
		t.Errorf("the gateway is %s", stack.Provider.Gateway)
	}
	if want := []string{"./go.mod", "./go.sum"}; !slices.Equal(stack.Configuration.Copy, want) {
		t.Errorf("a build has %q beside the function, want %q", stack.Configuration.Copy, want)
	}
	for name, function := range stack.Functions {
		if !strings.HasPrefix(function.Image, "${LINK_CHECKER_IMAGE:-") || !strings.HasPrefix(function.Environment["NATS_URL"], "${NATS_URL:-") {
			t.Errorf("%s: the image is %s and NATS is %s", name, function.Image, function.Environment["NATS_URL"])
		}
		// Community Edition takes no more than 5, and not 0.
		if function.Labels["com.openfaas.scale.min"] != "1" || function.Labels["com.openfaas.scale.max"] != "5" {
			t.Errorf("%s: the labels are %v", name, function.Labels)
		}
		if function.Limits.Memory == "" || function.Limits.CPU == "" {
			t.Errorf("%s: the limits are %+v", name, function.Limits)
		}
	}
}

func TestTheStackHasAFunctionForEachLane(t *testing.T) {
	functions := readStack(t).Functions
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
	for name, function := range readStack(t).Functions {
		duration := func(variable string) time.Duration {
			d, err := time.ParseDuration(function.Environment[variable])
			if err != nil {
				t.Errorf("%s: %s: %v", name, variable, err)
			}
			return d
		}
		rungs, err := ladder.Of(duration("CHECK_TIMEOUT"), 0)
		if err != nil {
			t.Fatal(err)
		}
		if rungs.Check != ladder.DefaultCheck {
			t.Errorf("%s: CHECK_TIMEOUT is %v, the manager's default %v", name, rungs.Check, ladder.DefaultCheck)
		}
		for variable, want := range map[string]time.Duration{"exec_timeout": rungs.Exec, "read_timeout": rungs.Write, "write_timeout": rungs.Write} {
			if got := duration(variable); got != want {
				t.Errorf("%s: %s is %v, the ladder says %v", name, variable, got, want)
			}
		}
		if drain := duration("healthcheck_interval") + duration("write_timeout"); drain >= grace {
			t.Errorf("%s: it drains for up to %v, and is killed after %v", name, drain, grace)
		}
	}
}
