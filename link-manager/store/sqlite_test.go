package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
)

func TestSQLiteIsSetUpToKeepWhatItAcknowledged(t *testing.T) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1", "trusted_schema": "0", "temp_store": "2",
	} {
		var got string
		if err := s.writer.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q (%v), want %q", pragma, got, err, want)
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), `DELETE FROM links`); err == nil {
		t.Error("the pool for reading can write")
	}
}

func TestAnSQLitePathMayHoldAnyCharacter(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b?c=d&e#f%20g;é")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "linkwell.db")
	s := open(t, Config{Path: path})
	if _, err := s.Add(t.Context(), "ann", link.Draft{URL: "https://example.com"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file can be read by others: %v", info.Mode())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(folder), "*", "*"))
	if err != nil || len(left) != 1 || left[0] != path {
		t.Errorf("after closing, more is left than the one file: %q (%v)", left, err)
	}
}

func TestAnSQLiteFileThatCannotBeUsedIsOneSentence(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{
		"is a directory":            {Path: folder},
		"no such file or directory": {Path: filepath.Join(folder, "missing", "linkwell.db")},
		"not a database":            {Path: text},
		"neither a URL nor a file":  {},
	} {
		s, err := Open(t.Context(), c)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it was opened", name)
			continue
		}
		if got := err.Error(); !strings.Contains(got, name) || strings.Contains(got, "\n") || !strings.Contains(got, c.Path) {
			t.Errorf("got %q, want one line with %q and the path", got, name)
		}
	}
}

func TestOlderSQLiteIsTold(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.2": true, "3.9.9": true, "2.99.99": true, "odd": true, "": true,
		"3.51.3": false, "3.51.10": false, "3.54.1": false, "4.0.0": false,
	} {
		if got := olderSQLite(version, oldestSQLite); got != want {
			t.Errorf("%q: got %t, want %t", version, got, want)
		}
	}
}
