package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// program is link-manager as people run it, built once for all tests.
var program = sync.OnceValues(func() (path string, err error) {
	folder, err := os.MkdirTemp("", "linkwell-e2e-")
	if err != nil {
		return "", err
	}
	atTheEnd = append(atTheEnd, func() error { return os.RemoveAll(folder) })
	path = filepath.Join(folder, "link-manager")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/linkwell/linkwell/link-manager").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// process is a Linkwell in a process of its own.
type process struct {
	*linkwell
	command *exec.Cmd
	drained chan struct{}
}

var saysAPI = regexp.MustCompile(`API +(http://\S+)/v1/links`)

// run starts link-manager with short timeouts, so that what a killed one had in its hands comes back soon, and waits until
// it says that it is ready.
func run(t *testing.T, dataFolder string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.Command(path), drained: make(chan struct{})}
	p.command.Env = append(os.Environ(),
		"DATA_DIR="+dataFolder, "LISTEN=127.0.0.1:0", "METRICS_LISTEN=127.0.0.1:0", "GATEWAY_LISTEN=127.0.0.1:0",
		"CHECK_ALLOW="+hostAddress(t)+"/32", "CHECK_TIMEOUT=1s", "LEASE=5s", "LOG_LEVEL=warn")
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

func TestKillInTheMiddle(t *testing.T) {
	const kills, linksEach = 5, 40
	w := startWeb(t)
	folder := t.TempDir()
	var accepted []string
	for kill := range kills {
		p := run(t, folder)
		// Saved and checked at the same time: when the end comes some links are being saved, some are out, some answered.
		saved := make(chan struct{}, linksEach)
		var saving sync.WaitGroup
		saving.Go(func() {
			for i := range linksEach {
				path := fmt.Sprintf("/page/%d", kill*linksEach+i)
				if (kill*linksEach+i)%3 == 0 {
					w.answer(path, status(http.StatusNotFound))
				}
				if err := p.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, w.URL+path), http.StatusCreated, nil); err != nil {
					return // the end has come; whether this one was saved nobody knows
				}
				accepted = append(accepted, path)
				saved <- struct{}{}
			}
		})
		for range linksEach / kills * (kill + 1) { // a different moment each time
			<-saved
		}
		p.kill()
		saving.Wait()
	}
	p := run(t, folder)
	links := p.allSettled()
	// A link whose answer never came back may have been saved all the same, one for each kill.
	if lost := len(accepted) - len(links); lost > 0 {
		t.Errorf("%d of %d accepted links are lost", lost, len(accepted))
	}
	if more := len(links) - len(accepted); more > kills {
		t.Errorf("%d links more than were accepted", more)
	}
	allRight(t, links, len(links))
	p.kill()

	answers := history(t, folder, links)
	if answers != len(links) {
		t.Errorf("%d answers were applied to %d links", answers, len(links))
	}
	asked := 0
	for _, path := range accepted {
		n := w.asked(path)
		asked += n
		if n < 1 || n > 1+kills {
			t.Errorf("%s was asked for %d times in %d lives", path, n, 1+kills)
		}
	}
	t.Logf("%d kills: %d accepted, %d there and settled, %d answers applied, each once; %d requests", kills, len(accepted), len(links), answers, asked)
}
