//go:build openfaas

package e2e_test

import (
	"context"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/baseimage"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
)

// maxImageBytes is the largest image we are willing to have pulled. The stand-in for of-watchdog is some 5 MB smaller than
// the real one.
const maxImageBytes = 25 << 20

func TestTheImageIsSmallForEveryMachineAndBuiltOnce(t *testing.T) {
	c := openFaaS(t)
	t.Cleanup(func() { makeBaseImages(t, runtime.GOARCH) })
	for _, test := range []struct {
		name         string
		architecture string
		machine      elf.Machine
		env          []string
		arguments    []string
	}{
		{"the classic builder", "amd64", elf.EM_X86_64, []string{"DOCKER_BUILDKIT=0"}, nil},
		{"the classic builder for another machine", "arm64", elf.EM_AARCH64, []string{"DOCKER_BUILDKIT=0"}, []string{"--build-arg", "RUNTIME_PLATFORM=linux/arm64"}},
		{"BuildKit", "amd64", elf.EM_X86_64, []string{"DOCKER_BUILDKIT=1"}, nil},
		{"BuildKit for another machine", "arm64", elf.EM_AARCH64, []string{"DOCKER_BUILDKIT=1", "DOCKER_DEFAULT_PLATFORM=linux/arm64"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			makeBaseImages(t, test.architecture)
			image := "linkwell/link-checker:" + strings.ReplaceAll(test.name, " ", "-")
			t.Cleanup(func() { runDocker(t, "image", "rm", image) })
			build := func() (said string, took time.Duration) {
				began := time.Now()
				said, err := c.CLI.Run(t.Context(), append(test.env, "LINK_CHECKER_IMAGE="+image), nil, append([]string{"build"}, test.arguments...)...)
				if err != nil {
					t.Fatal(err)
				}
				return said, time.Since(began)
			}
			_, first := build()
			changeSomethingElse(t, c.CLI.Folder)
			said, second := build()
			steps, cached := len(buildStep.FindAllString(said, -1)), len(buildCached.FindAllString(said, -1))
			if steps == 0 || cached < steps {
				t.Errorf("after a change in link-manager %d of %d steps came from the cache:\n%s", cached, steps, said)
			}

			size, err := strconv.Atoi(runDocker(t, "image", "inspect", "--format", "{{.Size}}", image))
			if err != nil || size > maxImageBytes {
				t.Errorf("the image has %d bytes: %v", size, err)
			}
			t.Logf("%.1f MB, built in %v, again in %v", float64(size)/1e6, first.Round(time.Millisecond), second.Round(time.Millisecond))
			if says := runDocker(t, "image", "inspect", "--format", "{{.Os}}/{{.Architecture}} {{.Config.User}}", image); says != "linux/"+test.architecture+" 65532:65532" {
				t.Errorf("the image is for %s", says)
			}
			for _, program := range []string{"/home/app/handler", "/usr/bin/fwatchdog"} {
				if is := machineOf(t, image, program); is != test.machine {
					t.Errorf("%s is for %v", program, is)
				}
			}
		})
	}
}

// What the two builders say of each step that makes something, and of each that they need not run.
var (
	buildStep   = regexp.MustCompile(`(?m)^(Step \d+/\d+ : |#\d+ \[.*\] )(RUN|COPY) `)
	buildCached = regexp.MustCompile(`(?m)^( ---> Using cache|#\d+ CACHED)$`)
)

// makeBaseImages makes what our template builds on, for one kind of machine.
func makeBaseImages(t *testing.T, architecture string) {
	t.Helper()
	c := baseimage.Config{Architecture: architecture, Root: "../.."}
	if architecture == runtime.GOARCH {
		c.Watchdog = os.Getenv("LINKWELL_WATCHDOG")
	}
	if err := baseimage.Build(context.WithoutCancel(t.Context()), c); err != nil {
		t.Error(err)
	}
}

// changeSomethingElse changes code of ours that is not the function's.
func changeSomethingElse(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(folder, "link-manager", "main.go")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Append(nil, "package main // ", time.Now()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// machineOf is the machine that a program in an image runs on.
func machineOf(t *testing.T, image, program string) elf.Machine {
	t.Helper()
	container := runDocker(t, "create", image)
	defer runDocker(t, "rm", "--volumes", container)
	copied := filepath.Join(t.TempDir(), "program")
	runDocker(t, "cp", container+":"+program, copied)
	file, err := elf.Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return file.Machine
}

// runDocker returns what docker prints.
func runDocker(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := docker.Run(context.WithoutCancel(t.Context()), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// runAlone runs the image of the function by itself, as faas-cli local-run does: no gateway, no broker, a read-only root.
func runAlone(t *testing.T) (id, address string) {
	t.Helper()
	image := openFaaS(t).Registry + "/linkwell/link-checker:latest"
	id = runDocker(t, "run", "--detach", "--read-only", "--publish", "127.0.0.1::8080", "--env", "CHECK_ALLOW="+hostAddress(t)+"/32", image)
	t.Cleanup(func() { runDocker(t, "rm", "--force", "--volumes", id) })
	address = "http://" + runDocker(t, "port", id, "8080/tcp")
	eventually(t, "it is healthy", func() bool {
		code, _, err := callFunction(address+"/_/health", "")
		return err == nil && code == http.StatusOK
	})
	// The watchdog is healthy before the process behind it listens, and answers 500 in its place until then.
	eventually(t, "its process answers", func() bool {
		code, _, err := callFunction(address, "")
		return err == nil && code != http.StatusInternalServerError
	})
	return id, address
}

// callFunction calls a function as curl does: with GET if there is no body.
func callFunction(address, body string) (code int, answer string, err error) {
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return response.StatusCode, string(read), err
}

func TestTheImageAloneAnswers(t *testing.T) {
	w := startWeb(t)
	_, address := runAlone(t)
	for name, test := range map[string]struct {
		body string
		code int
		says string
	}{
		"a check":                   {fmt.Sprintf(`{"url":%q}`, w.URL+"/page"), 200, `"status":"valid","reason":"ok"`},
		"no body":                   {"", 400, "bad_request"},
		"no JSON":                   {"https://example.com", 400, "bad_request"},
		"no URL":                    {`{"link":"https://example.com"}`, 400, "url"},
		"a URL with a password":     {`{"url":"https://me:secret@example.com"}`, 400, "bad_request"},
		"an address inside":         {`{"url":"http://10.0.0.1/"}`, 200, `"reason":"blocked_address"`},
		"a body that is too large":  {strings.Repeat("x", 65<<10), 413, "too_large"},
		"an event without a broker": {`{"check_id":"0123456789abcdef0123456789abcdef","url":"https://example.com"}`, 503, "no_broker"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, answer, err := callFunction(address, test.body); err != nil || code != test.code || !strings.Contains(answer, test.says) {
				t.Errorf("it answers %d %s, %v", code, answer, err)
			}
		})
	}
}

func TestATerminatedContainerAnswersWhatItHas(t *testing.T) {
	const calls = 20
	w := startWeb(t)
	asked, release := make(chan struct{}, calls), make(chan struct{})
	w.answer("/slow", func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	})
	id, address := runAlone(t)
	answers := make(chan error, calls)
	for range calls {
		go func() {
			code, answer, err := callFunction(address, fmt.Sprintf(`{"url":%q}`, w.URL+"/slow"))
			var checked event.Checked
			if err == nil {
				err = json.Unmarshal([]byte(answer), &checked)
			}
			if err == nil && (code != http.StatusOK || checked.Status != check.Valid) {
				err = fmt.Errorf("%d %s", code, answer)
			}
			answers <- err
		}()
	}
	for range calls {
		select {
		case <-asked:
		case err := <-answers:
			t.Fatalf("an answer came before the page was asked for: %v", err)
		}
	}

	stopped := make(chan error, 1)
	go func() {
		_, err := docker.Run(t.Context(), "stop", "--time", "30", id)
		stopped <- err
	}()
	eventually(t, "it says that it is ending", func() bool {
		code, _, _ := callFunction(address+"/_/health", "")
		return code == http.StatusServiceUnavailable
	})
	if code, answer, err := callFunction(address, fmt.Sprintf(`{"url":%q}`, w.URL+"/page")); err != nil || code != http.StatusOK {
		t.Errorf("a call that comes before the gateway knows is answered %d %s, %v", code, answer, err)
	}
	close(release)
	broken := 0
	for range calls {
		if err := <-answers; err != nil {
			broken++
			t.Error(err)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	t.Logf("%d calls in flight at SIGTERM, %d broken answers", calls, broken)
	if code := runDocker(t, "inspect", "--format", "{{.State.ExitCode}}", id); code != "0" {
		t.Errorf("it exits with %s", code)
	}
}
