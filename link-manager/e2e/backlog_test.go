//go:build !openfaas

package e2e_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

var backlog = flag.Int("backlog", 2500, "how many routine checks are due in TestANewLinkGoesBeforeABacklog; 50000 is the long form")

// TestANewLinkGoesBeforeABacklog saves one link after another while a crowd's routine checks are worked on: none waits
// until they are done.
func TestANewLinkGoesBeforeABacklog(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { saveBesideABacklog(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { saveBesideABacklog(t, postgrestest.URL(t)) })
}

func saveBesideABacklog(t *testing.T, databaseURL string) {
	w := startWeb(t)
	hosts := w.alsoAt(t, 50)
	c := config(t)
	c.DatabaseURL, c.Checks.CheckAllow = databaseURL, "127.0.0.0/8"
	c.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	ledger := seedBacklog(t, c.DataDir, databaseURL, w, hosts, *backlog)

	l := start(t, c)
	began := time.Now()
	var asked, waited []time.Duration
	done := 0
	for done < *backlog/2 {
		saving := time.Now()
		path := fmt.Sprint("/new/", len(waited))
		id := l.save(w.URL + path).ID
		eventually(t, "the new link's page is asked for", func() bool { return w.asked(path) > 0 })
		asked = append(asked, time.Since(saving))
		l.settled(id)
		waited = append(waited, time.Since(saving))
		if done = ledger.count(`SELECT count(*) FROM checks WHERE lane = 'due'`); done >= *backlog {
			t.Errorf("a new link was decided after %v, when the backlog was done", waited[len(waited)-1])
		}
	}
	rate := float64(done) / time.Since(began).Seconds()
	t.Logf("a backlog of %d routine checks of %d hosts, worked on at %.0f a second: each of %d new links of another owner, saved one after another, was decided before %d of them; its page was asked for after %s, it was decided after %s",
		*backlog, hosts, rate, len(waited), *backlog-done, percentiles(asked), percentiles(waited))
}

// percentiles is how long things took, in a part of a sentence.
func percentiles(took []time.Duration) string {
	slices.Sort(took)
	at := func(percent int) float64 { return took[(len(took)-1)*percent/100].Seconds() }
	return fmt.Sprintf("p50 %.2f s, p95 %.2f s, at most %.2f s", at(50), at(95), at(100))
}

// alsoAt serves the same pages at more addresses of this machine, on the same port; it returns how many hosts there are
// then, at most n. On Linux all of 127.0.0.0/8 are this machine's own, elsewhere perhaps one.
func (w *web) alsoAt(t *testing.T, n int) (hosts int) {
	_, port, err := net.SplitHostPort(w.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for hosts = 1; hosts < n; hosts++ {
		listener, err := net.Listen("tcp", net.JoinHostPort(fmt.Sprintf("127.0.0.%d", hosts+1), port))
		if err != nil {
			return hosts
		}
		more := &http.Server{Handler: w, ReadHeaderTimeout: patience}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = more.Serve(listener) }()
		t.Cleanup(func() { _ = more.Close(); <-ended })
	}
	return hosts
}

// seedBacklog fills a new database with n links of a crowd to pages of the web, each to a target of its own, which was well
// a day ago and is due now. Nothing runs on it yet.
func seedBacklog(t *testing.T, dataFolder, databaseURL string, w *web, hosts, n int) *ledger {
	t.Helper()
	seeded, err := store.Open(t.Context(), store.Config{URL: databaseURL, Path: filepath.Join(dataFolder, "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := seeded.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(w.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	blob, uuid := "BLOB", "TEXT"
	if databaseURL != "" {
		blob, uuid = "BYTEA", "UUID"
	}
	now := time.Now().UnixMicro()
	yesterday := now - (24 * time.Hour).Microseconds()
	l := openLedger(t, dataFolder, databaseURL)
	for _, statement := range []string{
		fmt.Sprintf(`
			WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
			INSERT INTO targets (url, url_hash, key_version, host, status, reason, last_status, last_reason, last_http_status, last_checked_at,
			                     steady, version, lane, due_at, queued_by, owners, created_at)
			SELECT 'http://127.0.0.' || (1 + i %% %d) || ':%s/routine/' || i, CAST('routine ' || i AS %s), 1, '127.0.0.' || (1 + i %% %[2]d),
			       'valid', 'ok', 'valid', 'ok', 200, %[5]d, 1, 1, 'due', %d - %[1]d + i, 'crowd', 1, %[5]d
			FROM numbers`, n, hosts, port, blob, yesterday, now),
		fmt.Sprintf(`
			INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at)
			SELECT CAST('00000000-0000-7000-8000-' || substr('' || (1000000000000 + id), 2) AS %s), queued_by, id, url, '', '', '=crowd [ ] routine { } |',
			       status, reason, version, %d, %[2]d, %[2]d
			FROM targets`, uuid, yesterday),
	} {
		if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if databaseURL != "" {
		if _, err := l.db.ExecContext(t.Context(), `VACUUM ANALYZE`); err != nil { // as autovacuum would
			t.Fatal(err)
		}
	}
	return l
}
