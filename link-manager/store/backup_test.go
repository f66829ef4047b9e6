package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
)

func TestABackupHasAllThatWasSavedBeforeItBeganWhileOthersSave(t *testing.T) {
	folder := t.TempDir()
	path, copied := filepath.Join(folder, "linkwell.db"), filepath.Join(folder, "copy.db")
	s := open(t, Config{Path: path})
	save := func(n int) {
		if _, err := s.Add(t.Context(), "ann", link.Draft{URL: fmt.Sprintf("https://example.com/%d", n), Title: fmt.Sprintf("Number %d", n)}); err != nil {
			t.Error(err)
		}
	}
	const before = 200
	for n := range before {
		save(n)
	}
	stop := make(chan struct{})
	var others sync.WaitGroup
	for i := range 4 {
		others.Go(func() {
			for n := before + i; ; n += 4 {
				select {
				case <-stop:
					return
				default:
					save(n)
				}
			}
		})
	}
	links, err := Backup(t.Context(), path, copied)
	close(stop)
	others.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(copied + "*"); err != nil || !slices.Equal(left, []string{copied}) {
		t.Errorf("the copy is in %q (%v)", left, err)
	}
	restored := open(t, Config{Path: copied})
	stats, err := restored.Stats(t.Context(), "ann")
	if err != nil || stats.Links != links || links < before {
		t.Errorf("the copy is said to have %d links, counts %d, and should have at least %d (%v)", links, stats.Links, before, err)
	}
	for n := range before {
		if _, err := restored.Add(t.Context(), "ann", link.Draft{URL: fmt.Sprintf("https://example.com/%d", n)}); !errors.As(err, new(*link.DuplicateError)) {
			t.Errorf("link %d is not in the copy: %v", n, err)
		}
	}
}

func TestABackupThatIsWorthNothingIsAnError(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct{ path, says string }{
		"there is none":        {filepath.Join(folder, "none.db"), `stat .*none\.db`},
		"it is no database":    {file("text.db", strings.Repeat("not a database ", 1000)), "not a database"},
		"it is not Linkwell's": {file("empty.db", ""), "it is no database of Linkwell"},
		"it is damaged":        {damaged(t), "damaged|malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Backup(t.Context(), test.path, filepath.Join(t.TempDir(), "copy.db"))
			if err == nil || !strings.HasPrefix(err.Error(), "back up "+test.path+": ") || !regexp.MustCompile(test.says).MatchString(err.Error()) {
				t.Errorf("got %v, want one that says %q", err, test.says)
			}
		})
	}
	t.Run("the copy would replace something", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "linkwell.db")
		open(t, Config{Path: path})
		if _, err := Backup(t.Context(), path, file("precious.txt", "precious")); err == nil {
			t.Error("no error")
		}
		if left, err := os.ReadFile(filepath.Join(folder, "precious.txt")); string(left) != "precious" {
			t.Errorf("left is %q (%v)", left, err)
		}
	})
}

// damaged is a database of which a page in the middle was overwritten.
func damaged(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "linkwell.db")
	s := open(t, Config{Path: path})
	for n := range 100 {
		if _, err := s.Add(t.Context(), "ann", link.Draft{URL: fmt.Sprintf("https://example.com/%d", n), Description: strings.Repeat("long ", 500)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := len(content) / 4096 / 2 * 4096
	copy(content[page:page+4096], strings.Repeat("damaged ", 512))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
