package storetest

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var openTests = map[string]func(*testing.T, *fixture){
	"what was saved is there when it is opened again": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.Store = f.open()
		f.equal("link", f.get(l), l)
	},
	"several open an empty database at once": func(t *testing.T, f *fixture) {
		if f.config.URL == "" {
			t.Skip("only one process opens an SQLite file")
		}
		f.raw(`DROP SCHEMA public CASCADE`)
		f.raw(`CREATE SCHEMA public`)
		stores := make(chan *store.Store, 4)
		t.Run("open", func(t *testing.T) {
			for range cap(stores) {
				t.Run("", func(t *testing.T) {
					t.Parallel()
					s, err := store.Open(t.Context(), f.config)
					if err != nil {
						t.Fatal(err)
					}
					stores <- s
				})
			}
		})
		close(stores)
		for s := range stores {
			if _, err := s.Add(t.Context(), "ann", link.Draft{URL: page(len(stores))}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	},
	"a database of a newer version is refused": func(t *testing.T, f *fixture) {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.raw(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, ` + map[bool]string{true: "1", false: "TRUE"}[f.config.URL == ""] + `)`)
		s, err := store.Open(t.Context(), f.config)
		if err == nil {
			_ = s.Close()
		}
		f.fails("open", err, store.ErrNewerSchema)
		for _, says := range []string{"schema 9000; this one knows 15", "run that version again, or restore the backup from before the upgrade"} {
			if err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("the error does not say %q: %v", says, err)
			}
		}
		f.raw(`DELETE FROM goose_db_version WHERE version_id = 9000`)
		f.Store = f.open()
	},
	"a store that can be written says so": func(t *testing.T, f *fixture) {
		for range 2 {
			f.equal("error", f.Writable(t.Context()), nil)
		}
	},
	"a closed store fails": func(t *testing.T, f *fixture) {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Writable(t.Context()); err == nil {
			t.Error("it could be written")
		}
		if _, err := f.List(t.Context(), "ann", store.Filter{Limit: 1}); err == nil {
			t.Error("it could be read")
		}
	},
}

// raw runs a statement past the store.
func (f *fixture) raw(statement string) {
	f.t.Helper()
	f.past(func(db *sql.DB) error {
		_, err := db.ExecContext(f.t.Context(), statement)
		return err
	})
}

// number reads one number past the store.
func (f *fixture) number(query string) (n int) {
	f.t.Helper()
	f.past(func(db *sql.DB) error { return db.QueryRowContext(f.t.Context(), query).Scan(&n) })
	return n
}

// past does something on a connection of the test's own.
func (f *fixture) past(do func(*sql.DB) error) {
	f.t.Helper()
	if f.aside == nil {
		driver, source := "sqlite", f.config.Path
		if f.config.URL != "" {
			driver, source = "pgx", f.config.URL
		}
		aside, err := sql.Open(driver, source)
		if err != nil {
			f.t.Fatal(err)
		}
		aside.SetMaxOpenConns(1)
		f.t.Cleanup(func() { _ = aside.Close() })
		f.aside = aside
	}
	if err := do(f.aside); err != nil {
		f.t.Fatal(err)
	}
}
