//go:build !openfaas

package e2e_test

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	folderDeletions = flag.Int("folder-deletions", 4, "how often the run of TestBrokerFolderDeletedAndTheProcessRestarted deletes the folder, every other time after kill -9; 10 is the long form")
	folderSeed      = flag.Uint64("folder-seed", 0, "seed of the moments of TestBrokerFolderDeletedAndTheProcessRestarted; 0 takes a new one")
)

// TestBrokerFolderDeletedAndTheProcessRestarted takes everything from the broker, again and again, while links are saved
// and checked. What it had is asked for again when its lease ends.
func TestBrokerFolderDeletedAndTheProcessRestarted(t *testing.T) {
	beside(t)
	const linksEach = 60
	seed := *folderSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	moments := rand.New(rand.NewPCG(seed, 0))
	w, folder := startWeb(t), t.TempDir()
	var accepted []string // URLs
	killed := 0
	for life := range *folderDeletions {
		p := run(t, folder)
		saved := make(chan struct{}, linksEach)
		var saving sync.WaitGroup
		saving.Go(func() {
			for i := range linksEach {
				n := life*linksEach + i
				path := fmt.Sprintf("/page/%d", n)
				if n%3 == 0 {
					w.answer(path, status(http.StatusNotFound))
				}
				if err := p.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, w.URL+path), http.StatusCreated, nil); err != nil {
					return // the end has come; whether this one was saved nobody knows
				}
				accepted = append(accepted, w.URL+path)
				saved <- struct{}{}
			}
		})
		for range 1 + moments.IntN(linksEach) {
			<-saved
		}
		time.Sleep(time.Duration(moments.IntN(300)) * time.Millisecond) // for checks to be anywhere on their way
		if life%2 == 0 {
			p.kill()
			killed++
		} else {
			p.end()
		}
		saving.Wait()
		if err := os.RemoveAll(filepath.Join(folder, "nats")); err != nil {
			t.Fatal(err)
		}
	}
	p := run(t, folder)
	began := time.Now()
	links := p.allSettled()
	settled := time.Since(began)
	p.kill()
	there := make(map[string]bool, len(links))
	for _, link := range links {
		there[link.URL] = true
	}
	lost := 0
	for _, url := range accepted {
		if !there[url] {
			lost++
			t.Errorf("%s was accepted and is lost", url)
		}
	}
	if more := len(links) - len(accepted); more > *folderDeletions {
		t.Errorf("%d links more than were accepted", more)
	}
	allRight(t, links, len(links))
	answers := history(t, folder, links)
	if answers != len(links) {
		t.Errorf("%d answers were applied to %d links", answers, len(links))
	}
	t.Logf("seed %d: broker's folder deleted and the process restarted %d times, %d of them kill -9: %d accepted, %d there, lost %d, all settled %.1f s after the last start with a lease of 5 s, %d answers applied, each once",
		seed, *folderDeletions, killed, len(accepted), len(links), lost, settled.Seconds(), answers)
}

// end asks the process to stop, and waits until it did.
func (p *process) end() {
	p.t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	<-p.drained
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("it ended with %v", err)
	}
}

func TestBrokerFolderDeletedWhileItRuns(t *testing.T) {
	beside(t)
	c := impatient(t)
	c.Checks.CheckTimeout, c.Checks.Lease = time.Second, 5*time.Second
	w, nats := startWeb(t), filepath.Join(c.DataDir, "nats")
	l := start(t, c)
	saveAll(l, w, outageLinks)
	for l.t.Context().Err() == nil && os.RemoveAll(nats) != nil { // what the server writes meanwhile goes too
	}
	deleted := time.Now()
	if err := trySave(l, w, outageLinks, 2*outageLinks); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the broker was restarted", func() bool { return strings.Contains(metrics(t, l), "\nlinkwell_broker_restarts_total 1\n") })
	eventually(t, "the broker keeps events", func() bool {
		var parts map[string]string
		l.call("GET", "/readyz", "", http.StatusOK, &parts)
		return parts["broker"] == "ok" && strings.Contains(metrics(t, l), "\nlinkwell_broker_keeps_events 1\n")
	})
	healed := time.Since(deleted)
	if err := trySave(l, w, 2*outageLinks, 3*outageLinks); err != nil {
		t.Fatal(err)
	}
	allRight(t, l.allSettled(), 3*outageLinks)
	settled := time.Since(deleted)
	if healed > healedWithin || settled > healedWithin {
		t.Errorf("the broker healed after %v, everything was settled after %v", healed, settled)
	}
	eventually(t, "every consumer is there again", func() bool {
		for _, consumers := range []string{"LINK_CHECKED/obs/link-manager", "LINK_DEAD/obs/link-manager", "LINK_REQUESTS/obs/link-checker*", "LINK_REQUESTS/obs/link-rechecker*"} {
			found, err := filepath.Glob(filepath.Join(nats, "jetstream", "$G", "streams", consumers))
			if err != nil || len(found) != 1 {
				return false
			}
		}
		return true
	})
	appliedOnce(t, l, c, w, 3*outageLinks)
	t.Logf("broker's folder deleted while it runs, patience %v: it keeps events again after %.1f s, %d links settled after %.1f s, lost 0",
		*brokerPatience, healed.Seconds(), 3*outageLinks, settled.Seconds())
}

// metrics is what Linkwell tells Prometheus.
func metrics(t *testing.T, l *linkwell) string {
	t.Helper()
	res, err := http.Get(l.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
