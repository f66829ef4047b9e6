//go:build !openfaas

package e2e_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/store"
)

var (
	imported    = flag.Int("imported", 2500, "how many links the imports of the tests have; 100000 is the long form")
	importKills = flag.Int("import-kills", 2, "how often a Linkwell is killed that imports; 20 is the long form")
)

// bookmarkFile is a browser's file of links to the first n pages of the web.
func bookmarkFile(t *testing.T, w *web, n int) []byte {
	t.Helper()
	var file bytes.Buffer
	writer, err := bookmarks.Create(&file, bookmarks.Netscape)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := writer.Write(bookmarks.Item{
			URL: w.URL + page(i), Title: fmt.Sprintf("The title of page %d", i), Tags: []string{"imported", fmt.Sprintf("tag-%d", i%50)},
			AddedAt: time.Unix(1_500_000_000+int64(i), 0),
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// upload uploads a file to import.
func (l *linkwell) upload(file []byte) (i api.Import) {
	l.t.Helper()
	res, err := http.Post(l.API+"/v1/imports?name=bookmarks.html", "text/html", bytes.NewReader(file))
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusAccepted {
		l.t.Fatalf("the upload is answered %d %s: %v", res.StatusCode, answer, err)
	}
	if err := json.Unmarshal(answer, &i); err != nil {
		l.t.Fatal(err)
	}
	return i
}

func (l *linkwell) importNow(id string) (i api.Import) {
	l.t.Helper()
	l.call("GET", "/v1/imports/"+id, "", http.StatusOK, &i)
	return i
}

// TestKillWhileImporting kills Linkwell again and again while it imports one file: all links are there, each once, and each
// was counted once.
func TestKillWhileImporting(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		w, folder := startWeb(t), t.TempDir()
		seed, moments := drawn()
		file := bookmarkFile(t, w, *imported)
		p := run(t, folder, "DATABASE_URL="+databaseURL)
		id := p.upload(file).ID
		var at []int
		for life := range *importKills {
			from := life * *imported / *importKills
			until := from + moments.IntN(*imported / *importKills)
			var now api.Import
			eventually(t, "the import goes on", func() bool {
				now = p.importNow(id)
				return now.Done > until || now.FinishedAt != nil
			})
			at = append(at, now.Done)
			p.kill()
			p = run(t, folder, "DATABASE_URL="+databaseURL)
		}
		var done api.Import
		deadline := time.Now().Add(patience + time.Duration(*imported)*10*time.Millisecond)
		for done = p.importNow(id); done.FinishedAt == nil; done = p.importNow(id) {
			if time.Now().After(deadline) {
				t.Fatalf("it is never finished: %+v", done)
			}
			time.Sleep(50 * time.Millisecond)
		}
		if done.State != store.ImportCompleted || done.Added != *imported || done.Done != *imported {
			t.Errorf("the import is %+v", done)
		}
		ledger := openLedger(t, folder, databaseURL)
		links, targets := ledger.count(`SELECT count(*) FROM links`), ledger.count(`SELECT count(*) FROM targets`)
		if wanting := ledger.count(`SELECT CAST(sum(owners) AS BIGINT) FROM targets`); links != *imported || targets != *imported || wanting != *imported {
			t.Errorf("%d links, %d targets that %d links want checked", links, targets, wanting)
		}
		if tags := ledger.count(`SELECT count(*) FROM link_tags`); tags != 2**imported {
			t.Errorf("%d tags", tags)
		}
		t.Logf("seed %d: %d kill -9 of a Linkwell that imports, at %v of %d links: %d there, lost %d, doubled %d",
			seed, *importKills, at, *imported, links, *imported-targets, links-targets)
	})
}

// TestAnImportDisturbsNobody imports a file while others read and save links, and tells how long that takes each.
func TestAnImportDisturbsNobody(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { useWhileImporting(t, "") })
}

func useWhileImporting(t *testing.T, databaseURL string) {
	w, folder := startWeb(t), t.TempDir()
	hosts := w.alsoAt(t, 50)
	file := bookmarkFile(t, w, *imported)
	parsing := time.Now()
	reader, err := bookmarks.Open(bytes.NewReader(file), "")
	for err == nil {
		_, err = reader.Next()
	}
	parsed := time.Since(parsing)
	p := run(t, folder, "DATABASE_URL="+databaseURL, "CHECK_ALLOW=127.0.0.0/8", "LOG_LEVEL=error")
	p.settled(p.save(w.URL + "/first").ID)
	idle := residentPeak(t, p.command.Process.Pid)
	ledger := openLedger(t, folder, databaseURL)

	i := p.upload(file)
	var mutex sync.Mutex
	took := map[string][]time.Duration{}
	timed := func(what string, do func()) {
		began := time.Now()
		do()
		mutex.Lock()
		defer mutex.Unlock()
		took[what] = append(took[what], time.Since(began))
	}
	var others sync.WaitGroup
	finished := make(chan struct{})
	others.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-finished:
				return
			default:
			}
			timed("list", func() { p.call("GET", "/v1/links?limit=50", "", http.StatusOK, nil) })
			var saved api.Link
			timed("save", func() { saved = p.save(fmt.Sprintf("%s/new/%d", w.URL, n)) })
			timed("get", func() { p.get(saved.ID) })
			timed("decided", func() { p.settled(saved.ID) })
		}
	})
	deadline := time.Now().Add(patience + time.Duration(*imported)*10*time.Millisecond)
	for i = p.importNow(i.ID); i.FinishedAt == nil && time.Now().Before(deadline); i = p.importNow(i.ID) {
		time.Sleep(20 * time.Millisecond)
	}
	close(finished)
	others.Wait()
	routine := ledger.count(`SELECT count(*) FROM checks WHERE lane = 'due'`)
	if i.State != store.ImportCompleted || i.Added != *imported {
		t.Fatalf("the import is %+v", i)
	}
	if routine >= *imported {
		t.Error("new links were decided when all that was imported had been checked")
	}
	if n := ledger.count(fmt.Sprintf(`SELECT count(*) FROM targets WHERE url LIKE '%s/page/%%' AND lane = 'added'`, w.URL)); n > 0 {
		t.Errorf("%d imported links are in the lane that a person waits for", n)
	}
	stored := i.FinishedAt.Sub(*i.StartedAt).Seconds()
	t.Logf("%d links of %d hosts, %.1f MB: parsed in %.2f s, stored in %.1f s (%.0f a second); memory %d MiB idle, at most %d MiB above; meanwhile listing took %s, saving %s, getting %s, and a new link was decided after %s, when %d of the imported ones were checked",
		*imported, hosts, float64(len(file))/1e6, parsed.Seconds(), stored, float64(*imported)/stored, idle>>10, (residentPeak(t, p.command.Process.Pid)-idle)>>10,
		percentiles(took["list"]), percentiles(took["save"]), percentiles(took["get"]), percentiles(took["decided"]), routine)
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// residentPeak is the most memory that a process had, in KiB; 0 where the system does not tell.
func residentPeak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	found := peakLine.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kib, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib
}
