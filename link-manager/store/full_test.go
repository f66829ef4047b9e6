package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store/storetest/disktest"
)

func TestASQLiteOnAFullDiskSaysSoAndLosesNothing(t *testing.T) {
	disktest.Inside(t, func(t *testing.T) {
		folder := t.TempDir()
		disk := disktest.Mount(t, folder, 4<<20)
		s := open(t, Config{Path: filepath.Join(folder, "linkwell.db")})
		saved := 0
		save := func() error {
			// So long that none fits into what is left of a page.
			_, err := s.Add(t.Context(), "ann", link.Draft{URL: fmt.Sprintf("https://example.com/%d", saved), Description: strings.Repeat("long ", 1000)})
			if err == nil {
				saved++
			}
			return err
		}
		for range 10 {
			if err := save(); err != nil {
				t.Fatal(err)
			}
		}
		disk.Fill()
		for range 10 {
			if err := save(); !errors.Is(err, ErrDiskFull) {
				t.Errorf("on the full disk the error is %v", err)
			}
			if links, err := s.List(t.Context(), "ann", Filter{Limit: 200}); err != nil || len(links) != saved {
				t.Errorf("on the full disk %d links are there of %d, %v", len(links), saved, err)
			}
		}
		if err := s.Writable(t.Context()); !errors.Is(err, ErrDiskFull) {
			t.Errorf("writable: %v", err)
		}
		disk.Free()
		if err := save(); err != nil {
			t.Errorf("with room again: %v", err)
		}
		var integrity string
		if err := s.writer.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&integrity); err != nil || integrity != "ok" {
			t.Errorf("integrity: %s, %v", integrity, err)
		}
		if links, err := s.List(t.Context(), "ann", Filter{Limit: 200}); err != nil || len(links) != saved {
			t.Errorf("%d links are there of %d, %v", len(links), saved, err)
		}
	})
}

func TestAPostgreSQLSaysWhetherItsDiskIsFull(t *testing.T) {
	for code, want := range map[string]bool{"53100": true, "53200": false, "58030": false, "": false} {
		err := postgresDialect.explain(fmt.Errorf("commit: %w", &pgconn.PgError{Code: code}))
		if got := errors.Is(err, ErrDiskFull); got != want {
			t.Errorf("%q: got %t, want %t", code, got, want)
		}
	}
	if err := postgresDialect.explain(nil); err != nil {
		t.Error(err)
	}
}
