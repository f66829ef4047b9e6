package tests

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
)

// process is a container of a rendering, run on this machine.
type process struct {
	command *exec.Cmd
	// folder has in it what is mounted.
	folder string
}

// newProcess prepares a container's process: its arguments, its variables, and its mounts as folders, with what the Secrets
// hold. What can only be right in a cluster, addresses, is replaced.
func newProcess(t *testing.T, binary string, pod core.PodSpec, held map[string]string, replace map[string]string) process {
	t.Helper()
	container := pod.Containers[0]
	p := process{folder: t.TempDir()}
	for _, mount := range container.VolumeMounts {
		if err := os.MkdirAll(filepath.Join(p.folder, mount.MountPath), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, volume := range pod.Volumes {
			if volume.Name != mount.Name || volume.Secret == nil {
				continue
			}
			for _, item := range volume.Secret.Items {
				content, there := held[namespace+"/"+volume.Secret.SecretName+"/"+item.Key]
				if !there {
					t.Fatalf("%s of the Secret %s is mounted, and nobody makes it", item.Key, volume.Secret.SecretName)
				}
				if err := os.WriteFile(filepath.Join(p.folder, mount.MountPath, item.Path), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var arguments []string
	for _, a := range container.Args {
		if strings.HasPrefix(a, "--server=") {
			a = "--server=" + replace["--server"]
		}
		arguments = append(arguments, a)
	}
	p.command = exec.Command(binary, arguments...)
	p.command.Env = []string{"PATH=" + os.Getenv("PATH")}
	for _, v := range container.Env {
		value := v.Value
		if strings.HasPrefix(value, "/") {
			value = filepath.Join(p.folder, value)
		}
		if other, replaced := replace[v.Name]; replaced {
			value = other
		}
		p.command.Env = append(p.command.Env, v.Name+"="+value)
	}
	p.command.Stderr = lines{t}
	return p
}

// start runs the process until the test ends, and then asks it to end, which it must do by itself.
func (p process) start(t *testing.T) io.Reader {
	t.Helper()
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.command.Process.Signal(os.Interrupt)
		timer := time.AfterFunc(30*time.Second, func() { _ = p.command.Process.Kill() })
		defer timer.Stop()
		if err := p.command.Wait(); err != nil {
			t.Errorf("%v: %v", p.command.Args, err)
		}
	})
	return out
}

// lines logs what a process says.
type lines struct{ t *testing.T }

func (l lines) Write(text []byte) (int, error) {
	l.t.Logf("%s", strings.TrimSpace(string(text)))
	return len(text), nil
}

// The rendered manager, connector and `helm test` are run here as they are in a cluster: their arguments, variables, files and
// users of NATS. Were one of them misspelt, or a right missing, they would not start.
func TestTheRenderedProcessesWork(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "link-manager")
	build := exec.Command("go", "build", "-o", binary, "./link-manager")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	objects := render(t, "single")
	all, held := pods(t, objects), secrets(t, objects)
	held[namespace+"/basic-auth/basic-auth-user"], held[namespace+"/basic-auth/basic-auth-password"] = "admin", "gateway-secret"
	asked := make(chan string, 1000)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		select {
		case asked <- user + ":" + password:
		default: // nobody counts them
		}
		if user != "admin" || password != "gateway-secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, "[]")
	}))
	t.Cleanup(gateway.Close)
	replace := map[string]string{"NATS_URL": startBroker(t, objects), "GATEWAY_URL": gateway.URL, "LISTEN": "127.0.0.1:0", "METRICS_LISTEN": "127.0.0.1:0"}

	manager := newProcess(t, binary, all["linkwell-manager"], held, replace)
	out := bufio.NewScanner(manager.start(t))
	for replace["--server"] == "" && out.Scan() {
		if fields := strings.Fields(out.Text()); len(fields) == 2 && fields[0] == "page" {
			replace["--server"] = strings.TrimSuffix(fields[1], "/")
		}
	}
	for _, probe := range []*core.Probe{all["linkwell-manager"].Containers[0].LivenessProbe, all["linkwell-manager"].Containers[0].ReadinessProbe} {
		res, err := http.Get(replace["--server"] + probe.HTTPGet.Path)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("the probe %s fails: %v", probe.HTTPGet.Path, err)
		}
		res.Body.Close()
	}

	newProcess(t, binary, all["linkwell-connector"], held, replace).start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case who := <-asked:
		if who != "admin:gateway-secret" {
			t.Errorf("the gateway is asked by %q", who)
		}
	case <-ctx.Done():
		t.Error("the connector never asks the gateway")
	}

	// In a cluster the volume is the same.
	replace["DATA_DIR"] = filepath.Join(manager.folder, "data")
	doctor := newProcess(t, binary, all["linkwell-doctor"], held, replace).command
	found, err := doctor.Output()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("doctor ends with %v: there is no function", err)
	}
	for _, finding := range []string{
		"fine    database   it can be used, and has the newest schema", "fine    gateway    it answers, and knows us",
		"fine    broker     our user may do what the link manager must", "fine    broker     our user may not do what it need not",
	} {
		if !strings.Contains(string(found), finding) {
			t.Errorf("doctor does not find %q:\n%s", finding, found)
		}
	}
	for line := range strings.Lines(string(found)) {
		if strings.HasPrefix(line, "wrong") && !strings.Contains(line, "functions") {
			t.Errorf("doctor finds fault with what the chart made: %s", line)
		}
	}

	test := newProcess(t, binary, all["linkwell-test"], held, replace).command
	if listed, err := test.Output(); err != nil || strings.TrimSpace(string(listed)) != "There are no links." {
		t.Errorf("helm test says %q, %v", listed, err)
	}
}
