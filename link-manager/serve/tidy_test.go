package serve_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestWhatIsOldIsRemovedWhileItRuns(t *testing.T) {
	c := config(t)
	path := filepath.Join(c.DataDir, "linkwell.db")
	before, err := store.Open(t.Context(), store.Config{Path: path, Now: func() time.Time { return time.Now().Add(-store.OrphansKept) }})
	if err != nil {
		t.Fatal(err)
	}
	deleted, err := before.Add(t.Context(), "local", link.Draft{URL: "https://example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	if err := before.Delete(t.Context(), "local", deleted.ID); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	err = run(t, c, func(serve.Addresses) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = db.Close() }()
		deadline := time.Now().Add(30 * time.Second)
		for targets := 1; targets > 0; time.Sleep(5 * time.Millisecond) {
			if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM targets`).Scan(&targets); err != nil || time.Now().After(deadline) {
				t.Errorf("%d targets are left, %v", targets, err)
				return
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}
