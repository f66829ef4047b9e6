package e2e_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// program is link-manager as people run it.
var program = built("github.com/linkwell/linkwell/link-manager")

// built returns the path of a program that is built once for all tests.
func built(packagePath string, flags ...string) func() (path string, err error) {
	return sync.OnceValues(func() (string, error) {
		folder, err := os.MkdirTemp("", "linkwell-e2e-")
		if err != nil {
			return "", err
		}
		endAfterAll(func() error { return os.RemoveAll(folder) })
		path := filepath.Join(folder, filepath.Base(packagePath))
		build := exec.Command("go", slices.Concat([]string{"build", "-o", path}, flags, []string{packagePath})...)
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build: %w\n%s", err, out)
		}
		return path, nil
	})
}

// process is a Linkwell in a process of its own.
type process struct {
	*linkwell
	command *exec.Cmd
	drained chan struct{}
}

var saysAPI = regexp.MustCompile(`API +(http://\S+)/v1/links`)

// shortTimeouts bring back soon what somebody who was killed had in his hands.
var shortTimeouts = []string{"CHECK_TIMEOUT=1s", "LEASE=5s"}

// run starts link-manager with short timeouts, and what else is set, and waits until it says that it is ready.
func run(t *testing.T, dataFolder string, settings ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.Command(path), drained: make(chan struct{})}
	p.command.Env = slices.Concat(os.Environ(), shortTimeouts, []string{
		"DATA_DIR=" + dataFolder, "LISTEN=127.0.0.1:0", "METRICS_LISTEN=127.0.0.1:0", "GATEWAY_LISTEN=127.0.0.1:0",
		"CHECK_ALLOW=" + hostAddress(t) + "/32", "LOG_LEVEL=warn",
	}, settings)
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.command.Stderr = t.Output()
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := saysAPI.FindStringSubmatch(lines.Text()); found != nil {
			p.linkwell = &linkwell{t: t, Addresses: serve.Addresses{API: found[1]}}
			break
		}
	}
	go func() {
		defer close(p.drained)
		for lines.Scan() { // so that the process never waits for somebody to read
		}
	}()
	if p.linkwell == nil {
		t.Fatal("it does not say that it is ready")
	}
	return p
}

// kill ends the process as the kernel does when memory runs out: kill -9.
func (p *process) kill() {
	if p.command.ProcessState == nil {
		_ = p.command.Process.Kill()
		<-p.drained
		_ = p.command.Wait()
	}
}

// TestKillInTheMiddle kills Linkwell, all of it in one process, again and again while links are saved and checked.
func TestKillInTheMiddle(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		w, folder := startWeb(t), t.TempDir()
		seed, moments := drawn()
		var api atomic.Value
		s := startSaving(t, w, *links, func() string {
			address, _ := api.Load().(string)
			return address
		})
		for life := range *kills {
			p := run(t, folder, "DATABASE_URL="+databaseURL)
			api.Store(p.API)
			from := life * *links / *kills
			s.release((life + 1) * *links / *kills)
			s.waitFor(from + moments.IntN(*links / *kills + 1))
			time.Sleep(moment(moments, 300*time.Millisecond))
			p.kill()
		}
		killed := time.Now()
		p := run(t, folder, "DATABASE_URL="+databaseURL)
		api.Store(p.API)
		s.waitFor(*links)
		ledger := openLedger(t, folder, databaseURL)
		ledger.waitUntilSettled()
		settled := time.Since(killed)
		if there := len(p.all()); there != *links {
			t.Errorf("the API lists %d links", there)
		}
		t.Logf("seed %d: %d kill -9 of Linkwell in one process: %s; all settled %.1f s after the last kill with a lease of 5 s",
			seed, *kills, ledger.figures(w, *links), settled.Seconds())
	})
}
