package e2e_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

// onEachDatabase runs the test beside others on SQLite, where databaseURL is empty, and on an empty PostgreSQL.
func onEachDatabase(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	beside(t)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, "")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, postgrestest.URL(t))
	})
}

// ledger is a Linkwell's database, read past it. Linkwell may run.
type ledger struct {
	t  *testing.T
	db *sql.DB
}

func openLedger(t *testing.T, dataFolder, databaseURL string) *ledger {
	t.Helper()
	driver, source := "pgx", databaseURL
	if databaseURL == "" {
		driver, source = "sqlite", "file:"+filepath.ToSlash(filepath.Join(dataFolder, "linkwell.db"))+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &ledger{t: t, db: db}
}

// count is the one number that the query finds.
func (l *ledger) count(query string) (n int) {
	l.t.Helper()
	if err := l.db.QueryRowContext(l.t.Context(), query).Scan(&n); err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// settlingPatience is how long links may take to be settled for each of them, before the test gives up.
const settlingPatience = 100 * time.Millisecond

// waitUntilSettled waits until every target was checked.
func (l *ledger) waitUntilSettled() {
	l.t.Helper()
	deadline := time.Now().Add(patience + settlingPatience*time.Duration(l.count(`SELECT count(*) FROM targets`)))
	for {
		began := time.Now()
		left := l.count(`SELECT count(*) FROM targets WHERE last_checked_at IS NULL`)
		if left == 0 {
			return
		}
		looked := time.Since(began)
		if time.Now().After(deadline) {
			givenUp := l.count(`SELECT count(*) FROM targets WHERE last_checked_at IS NULL AND check_id IS NULL AND attempt > 0`)
			l.t.Fatalf("%d links are never settled; %d of them rest because a request was given up", left, givenUp)
		}
		// To look is to read them all: it must not take from Linkwell what is measured.
		time.Sleep(max(20*time.Millisecond, 50*looked))
	}
}

// figures fails the test unless the links to the pages up to accepted are there, all of them and no others, each is what
// its page says, and nobody's answer was applied twice. It returns the counts as a part of a sentence.
//
// A check that took too long has decided nothing, and is asked again after ten minutes: its link may be undecided, and have
// more than the one answer; its time may have been over before its page was asked for.
func (l *ledger) figures(w *web, accepted int) string {
	l.t.Helper()
	there := l.settledAs(w, accepted)
	if n := l.count(`SELECT count(*) FROM links`); n != accepted || there != accepted {
		l.t.Errorf("%d links were accepted, %d are there, to %d of the pages", accepted, n, there)
	}
	if n := l.count(`SELECT count(*) FROM links JOIN targets ON targets.id = target_id WHERE links.status <> targets.status`); n != 0 {
		l.t.Errorf("%d links are listed as something else than they are", n)
	}
	twice := l.count(`
		SELECT count(*) FROM (
			SELECT target_id FROM checks WHERE status <> 'pending' GROUP BY target_id HAVING count(*) > 1
		) AS twice`)
	if twice > 0 {
		l.t.Errorf("%d links were decided twice", twice)
	}
	answers := l.count(`SELECT count(DISTINCT check_id) FROM checks`)
	undecided := map[string]bool{}
	for _, row := range l.rows(`SELECT url FROM targets WHERE status = 'pending'`) {
		undecided[row[0]] = true
	}
	requests, most := 0, 0
	for i := range accepted {
		n := w.asked(page(i))
		requests, most = requests+n, max(most, n)
		if n == 0 && !undecided[w.URL+page(i)] {
			l.t.Errorf("%s was decided and never asked for", page(i))
		}
	}
	return fmt.Sprintf("%d accepted = %d present = %d settled, lost %d; %d answers applied, %d applied twice; %d links undecided after a timeout; %d GETs at the web server, at most %d of a page",
		accepted, there, there, accepted-there, answers, twice, len(undecided), requests, most)
}

// settledAs is how many of the pages up to n have a target that was checked; it fails the test if one was decided otherwise
// than its page says.
func (l *ledger) settledAs(w *web, n int) (settled int) {
	l.t.Helper()
	want := make(map[string]check.Status, n)
	for i := range n {
		want[w.URL+page(i)] = pageStatus(i)
	}
	for _, row := range l.rows(`SELECT url, status, last_reason FROM targets WHERE last_checked_at IS NOT NULL`) {
		url, status, reason := row[0], check.Status(row[1]), row[2]
		switch {
		case want[url] == "":
			l.t.Errorf("nobody saved %s, or it is there twice", url)
			continue
		case status != want[url] && !strings.HasPrefix(reason, "timeout_"):
			l.t.Errorf("%s is %s: %s", url, status, reason)
		}
		settled++
		delete(want, url)
	}
	return settled
}

// rows is what the query finds, as text.
func (l *ledger) rows(query string) (found [][]string) {
	l.t.Helper()
	rows, err := l.db.QueryContext(l.t.Context(), query)
	if err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		l.t.Fatal(err)
	}
	for rows.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			l.t.Fatalf("%s: %v", query, err)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return found
}
