package embedded_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// The real faas-cli must be of use against the embedded gateway, and say what is not possible. Each case has a gateway of
// its own; before is a command to run first.
func TestTheRealFaasCLI(t *testing.T) {
	cli := buildFaasCLI(t)
	invoke := []string{"invoke", "link-checker", "--header", "X-Call-Id=0f6c"}
	deploy := []string{"deploy", "--name", "mine", "--image", "registry.example/mine:1"}
	for _, c := range []struct {
		name   string
		before []string
		run    []string
		input  string
		fails  bool
	}{
		{name: "list", run: []string{"list"}},
		{name: "list-after-a-call", before: invoke, run: []string{"list"}},
		{name: "list-verbose", run: []string{"list", "--verbose"}},
		{name: "describe", run: []string{"describe", "link-checker"}},
		{name: "describe-unknown", run: []string{"describe", "nobody"}, fails: true},
		{name: "invoke", run: invoke, input: `{"url":"https://example.com"}`},
		{name: "invoke-unknown", run: []string{"invoke", "nobody"}, fails: true},
		{name: "invoke-async", run: append([]string{"invoke", "--async"}, invoke[1:]...), fails: true},
		{name: "logs", before: invoke, run: []string{"logs", "link-checker", "--tail=false"}},
		{name: "logs-of-unknown", run: []string{"logs", "nobody", "--tail=false"}, fails: true},
		{name: "deploy", run: deploy, fails: true},
		{name: "remove", run: []string{"remove", "link-checker"}, fails: true},
		{name: "namespaces", run: []string{"namespaces"}},
		{name: "secret-list", run: []string{"secret", "list"}},
		// faas-cli prints the refusal and exits 0, whoever refuses.
		{name: "secret-create", run: []string{"secret", "create", "mine", "--from-literal", "value"}},
		{name: "version", run: []string{"version", "--warn-update=false"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(newGateway(t, embedded.GatewayConfig{Functions: ourFunctions(), Version: "v1.2.3"}))
			defer server.Close()
			if c.before != nil {
				runFaasCLI(t, cli, server.URL, c.before, "")
			}
			output, failed := runFaasCLI(t, cli, server.URL, c.run, c.input)
			if failed != c.fails {
				t.Errorf("failed is %v, want %v", failed, c.fails)
			}
			checkGolden(t, filepath.Join("faas-cli", c.name+".golden"), output)
		})
	}
}

// runFaasCLI returns what a person sees of one command, and whether it failed.
func runFaasCLI(t *testing.T, cli, gateway string, arguments []string, input string) (output string, failed bool) {
	t.Helper()
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), cli, arguments...)
	command.Dir = home
	command.Stdin = strings.NewReader(input)
	// Nothing of the machine's own faas-cli: neither its gateway nor its passwords.
	command.Env = []string{"HOME=" + home, "OPENFAAS_CONFIG=" + home, "OPENFAAS_URL=" + gateway}
	seen, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(seen), gateway, "<gateway>"), err != nil
}

// requireFaasCLI is the variable that turns a missing faas-cli from a skipped test into a failed one: a newcomer may have
// no network, and the project's own runs may not do without.
const requireFaasCLI = "LINKWELL_REQUIRE_FAAS_CLI"

// buildFaasCLI builds the faas-cli that .ci/tools/faas-cli pins and returns its path. It skips the test if the module
// cache lacks a part of it, unless LINKWELL_REQUIRE_FAAS_CLI is 1: then it may fetch it, and must succeed.
func buildFaasCLI(t *testing.T) string {
	t.Helper()
	required := os.Getenv(requireFaasCLI) == "1"
	path := filepath.Join(t.TempDir(), "faas-cli")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/openfaas/faas-cli")
	build.Dir = filepath.Join("..", "..", ".ci", "tools", "faas-cli")
	build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if !required {
		build.Env = append(build.Env, "GOPROXY=off")
	}
	output, err := build.CombinedOutput()
	switch {
	case err == nil:
		return path
	case required:
		t.Fatalf("build faas-cli: %v\n%s", err, output)
	default:
		t.Skipf("faas-cli cannot be built here; `go mod download` in .ci/tools/faas-cli fetches it: %v\n%s", err, output)
	}
	return ""
}
