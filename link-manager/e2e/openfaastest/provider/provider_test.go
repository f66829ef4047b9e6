//go:build openfaas

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/registry"
)

// providerTest is a provider and what a test needs to talk to it.
type providerTest struct {
	*Provider
	client *http.Client
	image  string
}

// newProviderTest starts a provider, and a registry that holds the image of testdata/echo.
func newProviderTest(t *testing.T) *providerTest {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	images, err := registry.Start(t.Context(), logger, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(images.Close)
	image, err := registry.PushProgram(t.Context(), images.Address, "linkwell/echo:latest", "testdata/echo")
	if err != nil {
		t.Fatal(err)
	}
	// The provider pulls it.
	t.Cleanup(func() { _, _ = docker.Run(context.Background(), "image", "rm", "--force", image) })
	p, err := Start(t.Context(), Config{
		User: "admin", Password: "secret", SecretsFolder: t.TempDir(), Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if left := containersOf(t, p, "--all"); left != "" {
			t.Errorf("containers are left: %s", left)
		}
	})
	return &providerTest{Provider: p, client: client, image: image}
}

// containersOf are the ids of a provider's containers, in one line.
func containersOf(t *testing.T, p *Provider, arguments ...string) string {
	t.Helper()
	ids, err := docker.Run(context.Background(), append([]string{"ps", "--quiet", "--no-trunc", "--filter", "label=" + p.label}, arguments...)...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// ask sends a request as admin, its body as JSON unless it is a string, and returns status and body of the answer.
func (p *providerTest) ask(t *testing.T, method, path string, body any) (int, string) {
	t.Helper()
	text, plain := body.(string)
	if !plain {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(encoded)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, p.URL+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("admin", "secret")
	answer, err := p.client.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return answer.StatusCode, string(said)
}

// must asks and fails the test unless the answer has status.
func (p *providerTest) must(t *testing.T, status int, method, path string, body any) string {
	t.Helper()
	got, said := p.ask(t, method, path, body)
	if got != status {
		t.Fatalf("%s %s: %d %s, want %d", method, path, got, said, status)
	}
	return said
}

// echo is a deployment of the test's function.
func (p *providerTest) echo(version string) types.FunctionDeployment {
	return types.FunctionDeployment{Service: "echo", Image: p.image, EnvVars: map[string]string{"version": version}}
}

// deploy brings a function to what d says, and waits until that is all there is.
func (p *providerTest) deploy(t *testing.T, d types.FunctionDeployment) {
	t.Helper()
	before := p.Containers(d.Service)
	p.must(t, http.StatusAccepted, http.MethodPost, "/system/functions", d)
	eventually(t, "the new replicas alone take calls", func() bool {
		status := p.status(t, d.Service)
		now := strings.Join(p.Containers(d.Service), " ")
		for _, id := range before {
			if strings.Contains(now, id) {
				return false
			}
		}
		return status.AvailableReplicas == status.Replicas
	})
}

// status is what the provider says about a function.
func (p *providerTest) status(t *testing.T, name string) types.FunctionStatus {
	t.Helper()
	var status types.FunctionStatus
	if err := json.Unmarshal([]byte(p.must(t, http.StatusOK, http.MethodGet, "/system/function/"+name, "")), &status); err != nil {
		t.Fatal(err)
	}
	return status
}

// eventually waits for what takes docker a while.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come to this: %s", what)
		}
	}
}

func TestProvider(t *testing.T) {
	p := newProviderTest(t)
	for _, behaviour := range []struct {
		name string
		show func(*testing.T, *providerTest)
	}{
		{"asks for a password except for calls", asksForAPassword},
		{"refuses what Community Edition would", refusesDeployments},
		{"runs an image and calls it", runsAnImage},
		{"shows a secret to its functions", showsASecret},
		{"keeps a root read-only", keepsARootReadOnly},
		{"scales, and calls replicas in turn", scales},
		{"answers with the logs of every replica", answersWithLogs},
		{"replaces a container that crashed", replacesACrash},
		{"updates without a failed call", updatesWithoutAFailedCall},
		{"keeps the old while the new does not start", keepsTheOld},
		{"removes a function with its containers", removes},
	} {
		if !t.Run(behaviour.name, func(t *testing.T) { behaviour.show(t, p) }) {
			return // those that follow build on it
		}
	}
	p.deploy(t, p.echo("left to Close"))
	p.must(t, http.StatusAccepted, http.MethodPut, "/system/functions", p.echo("left to Close while it starts"))
}

func asksForAPassword(t *testing.T, p *providerTest) {
	for path, want := range map[string]int{
		"/system/functions": http.StatusUnauthorized,
		"/system/info":      http.StatusUnauthorized,
		"/healthz":          http.StatusOK,
		"/function/nobody":  http.StatusServiceUnavailable,
	} {
		answer, err := p.client.Get(p.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	for path, want := range map[string]string{
		"/system/functions":  "[]\n",
		"/system/namespaces": `["openfaas-fn"]` + "\n",
		"/system/info":       `{"provider":"openfaastest","version":{"sha":"","release":"dev"},"orchestration":"docker"}` + "\n",
	} {
		if said := p.must(t, http.StatusOK, http.MethodGet, path, ""); said != want {
			t.Errorf("%s: %q, want %q", path, said, want)
		}
	}
}

func refusesDeployments(t *testing.T, p *providerTest) {
	for want, change := range map[string]func(*types.FunctionDeployment){
		"DNS label":                     func(d *types.FunctionDeployment) { d.Service = "Echo_1" },
		"image is required":             func(d *types.FunctionDeployment) { d.Image = "" },
		"topic":                         func(d *types.FunctionDeployment) { d.Annotations = &map[string]string{"topic": "a,b"} },
		"scale.zero is not available":   func(d *types.FunctionDeployment) { d.Labels = &map[string]string{labelZero: "true"} },
		"scale.target is not available": func(d *types.FunctionDeployment) { d.Labels = &map[string]string{"com.openfaas.scale.target": "1"} },
		"scale.min must be":             func(d *types.FunctionDeployment) { d.Labels = &map[string]string{labelMin: "6"} },
		"scale.max must be":             func(d *types.FunctionDeployment) { d.Labels = &map[string]string{labelMax: "many"} },
		"memory":                        func(d *types.FunctionDeployment) { d.Limits = &types.FunctionResources{Memory: "lots"} },
		"cpu":                           func(d *types.FunctionDeployment) { d.Requests = &types.FunctionResources{CPU: "5OOm"} },
		`no secret "missing"`:           func(d *types.FunctionDeployment) { d.Secrets = []string{"missing"} },
		"namespace must be":             func(d *types.FunctionDeployment) { d.Namespace = "other" },
		"not found":                     func(d *types.FunctionDeployment) { d.Image = strings.Replace(p.image, "echo", "nothing", 1) },
	} {
		d := p.echo("never")
		change(&d)
		if said := p.must(t, http.StatusBadRequest, http.MethodPost, "/system/functions", d); !strings.Contains(said, want) {
			t.Errorf("said %q, want %q in it", said, want)
		}
	}
	p.must(t, http.StatusNotFound, http.MethodPut, "/system/functions", p.echo("never"))
	p.mu.Lock()
	for i := range maxFunctions {
		p.functions[fmt.Sprint(i)] = newFunction(p.Provider)
	}
	p.mu.Unlock()
	if said := p.must(t, http.StatusBadRequest, http.MethodPost, "/system/functions", p.echo("never")); !strings.Contains(said, "15 functions") {
		t.Errorf("said %q about a 16th function", said)
	}
	p.mu.Lock()
	clear(p.functions)
	p.mu.Unlock()
	p.must(t, http.StatusNotFound, http.MethodGet, "/system/function/echo", "")
	p.must(t, http.StatusNotFound, http.MethodDelete, "/system/functions", types.DeleteFunctionRequest{FunctionName: "echo"})
	p.must(t, http.StatusNotFound, http.MethodPost, "/system/scale-function/echo", types.ScaleServiceRequest{Replicas: 1})
	p.must(t, http.StatusBadRequest, http.MethodGet, "/system/functions?namespace=other", "")
	p.must(t, http.StatusBadRequest, http.MethodPost, "/system/functions", "no JSON")
}

func runsAnImage(t *testing.T, p *providerTest) {
	d := p.echo("1")
	d.EnvProcess = "./handler"
	d.Annotations = &map[string]string{"topic": "link.added"}
	d.Limits = &types.FunctionResources{Memory: "64Mi", CPU: "500m"}
	p.deploy(t, d)

	var found []types.FunctionStatus
	if err := json.Unmarshal([]byte(p.must(t, http.StatusOK, http.MethodGet, "/system/functions?namespace=openfaas-fn", "")), &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].AvailableReplicas != 1 || found[0].EnvProcess != d.EnvProcess || found[0].Limits.CPU != "500m" ||
		(*found[0].Annotations)["topic"] != "link.added" || (*found[0].Labels)["faas_function"] != "echo" || found[0].CreatedAt.IsZero() {
		t.Errorf("the list is %+v", found)
	}
	for path, want := range map[string]string{
		"/function/echo/echo":                                       "a body",
		"/function/echo.openfaas-fn/echo":                           "a body",
		"/function/echo/environment?fprocess":                       "./handler",
		"/function/echo/environment?OPENFAAS_NAME":                  "echo",
		"/function/echo.openfaas-fn/environment?OPENFAAS_NAMESPACE": Namespace,
	} {
		if said := p.must(t, http.StatusOK, http.MethodPost, path, "a body"); said != want {
			t.Errorf("%s: %q, want %q", path, said, want)
		}
	}
	held, err := docker.Run(t.Context(), "inspect", "--format", "{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}", p.Containers("echo")[0])
	if want := "67108864 50000 [ALL] [no-new-privileges]"; held != want || err != nil {
		t.Errorf("docker holds it to %q, %v, want %q", held, err, want)
	}
}

func showsASecret(t *testing.T, p *providerTest) {
	for _, step := range []struct {
		method string
		secret types.Secret
		status int
	}{
		{http.MethodPut, types.Secret{Name: "key", Value: "early"}, http.StatusNotFound},
		{http.MethodPost, types.Secret{Name: "../key", Value: "outside"}, http.StatusBadRequest},
		{http.MethodPost, types.Secret{Name: "key", Value: "other", Namespace: "other"}, http.StatusBadRequest},
		{http.MethodPost, types.Secret{Name: "key", Value: "first"}, http.StatusAccepted},
		{http.MethodPost, types.Secret{Name: "key", Value: "again"}, http.StatusConflict},
		{http.MethodPost, types.Secret{Name: "gone", RawValue: []byte{0, 1}}, http.StatusAccepted},
		{http.MethodDelete, types.Secret{Name: "gone"}, http.StatusAccepted},
		{http.MethodDelete, types.Secret{Name: "gone"}, http.StatusNotFound},
	} {
		p.must(t, step.status, step.method, "/system/secrets", step.secret)
	}
	if said := p.must(t, http.StatusOK, http.MethodGet, "/system/secrets", ""); said != `[{"name":"key","namespace":"openfaas-fn"}]`+"\n" {
		t.Errorf("the secrets are %s", said)
	}
	d := p.echo("1")
	d.Secrets = []string{"key"}
	p.deploy(t, d)
	if said := p.must(t, http.StatusOK, http.MethodGet, "/function/echo/read?/var/openfaas/secrets/key", ""); said != "first" {
		t.Errorf("the secret is %q", said)
	}
	p.must(t, http.StatusAccepted, http.MethodPut, "/system/secrets", types.Secret{Name: "key", RawValue: []byte("second")})
	if said := p.must(t, http.StatusOK, http.MethodGet, "/function/echo/read?/var/openfaas/secrets/key", ""); said != "second" {
		t.Errorf("the changed secret is %q", said)
	}
}

func keepsARootReadOnly(t *testing.T, p *providerTest) {
	d := p.echo("1")
	d.ReadOnlyRootFilesystem = true
	p.deploy(t, d)
	if said := p.must(t, http.StatusForbidden, http.MethodPost, "/function/echo/write?/file", ""); !strings.Contains(said, "read-only") {
		t.Errorf("the root was refused with %q", said)
	}
	p.must(t, http.StatusOK, http.MethodPost, "/function/echo/write?/tmp/file", "")
}

func scales(t *testing.T, p *providerTest) {
	scale := func(replicas int) {
		p.must(t, http.StatusAccepted, http.MethodPost, "/system/scale-function/echo.openfaas-fn", map[string]int{"replicas": replicas})
		eventually(t, fmt.Sprint(replicas, " replicas"), func() bool { return len(p.Containers("echo")) == replicas })
	}
	scale(0)
	p.must(t, http.StatusServiceUnavailable, http.MethodPost, "/function/echo/who", "")
	scale(2)
	answers := map[string]int{}
	for range 6 {
		answers[p.must(t, http.StatusOK, http.MethodPost, "/function/echo/who?round", "")]++
	}
	if len(answers) != 2 {
		t.Errorf("2 replicas answered %v", answers)
	}
	for who, times := range answers {
		if times != 3 {
			t.Errorf("%s took %d of 6 calls", who, times)
		}
	}
	if status := p.status(t, "echo"); status.Replicas != 2 || status.AvailableReplicas != 2 {
		t.Errorf("the status is %+v", status)
	}
	for _, refused := range []int{-1, 6} {
		p.must(t, http.StatusBadRequest, http.MethodPost, "/system/scale-function/echo", map[string]int{"replicas": refused})
	}
}

func answersWithLogs(t *testing.T, p *providerTest) {
	for query, want := range map[string]int{
		"name=echo":                    6,
		"name=echo.openfaas-fn&tail=2": 4, // of each replica
		"name=echo&tail=1&namespace=":  2,
	} {
		said := p.must(t, http.StatusOK, http.MethodGet, "/system/logs?"+query, "")
		if got := strings.Count(said, "asked who with round"); got != want {
			t.Errorf("%s: %d lines, want %d, in\n%s", query, got, want, said)
		}
	}
	p.must(t, http.StatusInternalServerError, http.MethodGet, "/system/logs?name=nobody", "")

	ctx, leave := context.WithCancel(t.Context())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/system/logs?name=echo&follow=true&tail=1", nil)
	request.SetBasicAuth("admin", "secret")
	answer, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer leave()
	p.must(t, http.StatusOK, http.MethodPost, "/function/echo/who?followed", "")
	lines := json.NewDecoder(answer.Body)
	for line := struct{ Text string }{}; !strings.Contains(line.Text, "followed"); {
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
	}
}

func replacesACrash(t *testing.T, p *providerTest) {
	before := strings.Join(p.Containers("echo"), " ")
	p.must(t, http.StatusInternalServerError, http.MethodPost, "/function/echo/crash", "")
	eventually(t, "two replicas, one of them new", func() bool {
		now := p.Containers("echo")
		return len(now) == 2 && strings.Join(now, " ") != before
	})
	if running := strings.Fields(containersOf(t, p.Provider, "--all")); len(running) != 2 {
		t.Errorf("%d containers are there", len(running))
	}
}

func updatesWithoutAFailedCall(t *testing.T, p *providerTest) {
	ended, end := context.WithCancel(t.Context())
	defer end()
	var calls sync.WaitGroup
	for range 2 {
		calls.Go(func() {
			for ended.Err() == nil {
				if status, said := p.ask(t, http.MethodPost, "/function/echo/who", ""); status != http.StatusOK {
					t.Errorf("a call failed: %d %s", status, said)
				}
			}
		})
	}
	for _, version := range []string{"2", "3"} {
		calls.Go(func() {
			if status, said := p.ask(t, http.MethodPost, "/function/echo/slow", ""); status != http.StatusOK {
				t.Errorf("a slow call failed: %d %s", status, said)
			}
		})
		// Not the helper's POST, and without a wait: the last of the two wins.
		p.must(t, http.StatusAccepted, http.MethodPut, "/system/functions", p.echo(version))
	}
	eventually(t, "the last version alone is there", func() bool {
		said := p.must(t, http.StatusOK, http.MethodPost, "/function/echo/who", "")
		return strings.HasPrefix(said, "3 ") && len(strings.Fields(containersOf(t, p.Provider))) == 2
	})
	end()
	calls.Wait()
}

func keepsTheOld(t *testing.T, p *providerTest) {
	old := p.Containers("echo")
	p.must(t, http.StatusAccepted, http.MethodPut, "/system/functions", p.echo("broken"))
	eventually(t, "the new has been tried", func() bool { return len(strings.Fields(containersOf(t, p.Provider, "--all"))) == 3 })
	eventually(t, "the new has failed", func() bool { return len(strings.Fields(containersOf(t, p.Provider, "--all"))) == 2 })
	if now := p.Containers("echo"); !slices.Equal(now, old) {
		t.Errorf("the replicas are %v, were %v", now, old)
	}
	if said := p.must(t, http.StatusOK, http.MethodPost, "/function/echo/who", ""); !strings.HasPrefix(said, "3 ") {
		t.Errorf("%q answered", said)
	}
	p.deploy(t, p.echo("5"))
}

func removes(t *testing.T, p *providerTest) {
	p.must(t, http.StatusAccepted, http.MethodDelete, "/system/functions", types.DeleteFunctionRequest{FunctionName: "echo"})
	p.must(t, http.StatusServiceUnavailable, http.MethodPost, "/function/echo/who", "")
	p.must(t, http.StatusNotFound, http.MethodGet, "/system/function/echo", "")
	eventually(t, "no containers", func() bool { return containersOf(t, p.Provider, "--all") == "" })
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string]int64{
		"128Mi": 128 << 20, "1G": 1e9, "1.5Gi": 3 << 29, "10000000": 1e7, "5Mi": 0, "128MB": 0, "-1Gi": 0, "Mi": 0, "1.2.3Mi": 0, "9Ti": 0,
	} {
		if got, err := memoryBytes(text); (err == nil) != (want != 0) || err == nil && got != want {
			t.Errorf("memory %s: %d, %v, want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]int64{"500m": 50_000, "0.5": 50_000, "2": 200_000, "10m": 1000, "1m": 0, "": 0, "half": 0, "NaN": 0} {
		if got, err := cpuQuota(text); (err == nil) != (want != 0) || err == nil && got != want {
			t.Errorf("cpu %s: %d, %v, want %d", text, got, err, want)
		}
	}
}
