package store

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func TestAPostgreSQLThatCannotBeUsedIsOneSentenceWithoutThePassword(t *testing.T) {
	missing, err := url.Parse(postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	missing.Path = "/missing"
	query := missing.Query()
	query.Set("password", "secret")
	missing.RawQuery = query.Encode()
	for _, test := range []struct{ url, want string }{
		{"postgres://ann:secret@127.0.0.1:1/links", `the PostgreSQL database "links" at 127.0.0.1:1 cannot be reached`},
		{"postgres://ann:secret@localhost:1/links", `the PostgreSQL database "links" at localhost:1 cannot be reached`},
		{"postgres://ann:secret@nowhere.invalid/links", `at nowhere.invalid:5432 cannot be reached`},
		{missing.String(), `database "missing" does not exist`},
		{"postgres://ann:secret@host:port/links", "cannot be read"},
		{"postgres://ann:sec%ret@host/links", "cannot be read"},
		{"postgres://host/links?password=secret&sslmode=odd", "cannot be read"},
		{"mysql://ann:secret@host/links", "does not start with postgres://"},
		{"ann:secret@host", "does not start with postgres://"},
	} {
		s, err := Open(t.Context(), Config{URL: test.url})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it was opened", test.url)
			continue
		}
		if got := err.Error(); !strings.Contains(got, test.want) || strings.Contains(got, "sec") || strings.Contains(got, "\n") {
			t.Errorf("%s: got %q, want one line with %q and no password", test.url, got, test.want)
		}
	}
}

func TestPostgreSQLSessionsKeepNothing(t *testing.T) {
	s := open(t, Config{URL: postgrestest.URL(t)})
	s.writer.SetMaxOpenConns(1) // so that all below is one session
	if _, err := s.Add(t.Context(), "ann", link.Draft{URL: "https://example.com", Tags: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	if prepared, err := s.count(t.Context(), `SELECT count(*) FROM pg_prepared_statements`); err != nil || prepared != 0 {
		t.Errorf("prepared statements: got %d (%v), want none", prepared, err)
	}
	timeout := func(db querier) (set string) {
		if err := db.QueryRowContext(t.Context(), `SHOW statement_timeout`).Scan(&set); err != nil {
			t.Error(err)
		}
		return set
	}
	if got := timeout(s.reader); got != "0" {
		t.Errorf("statement_timeout outside of transactions: got %s, want 0", got)
	}
	err := s.write(t.Context(), func(_ context.Context, tx querier) error {
		if got := timeout(tx); got != "30s" {
			t.Errorf("statement_timeout in a transaction: got %s, want 30s", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
