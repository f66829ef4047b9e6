package doctor_test

import (
	"database/sql"
	"testing"

	_ "modernc.org/sqlite"
)

// newer has the SQLite database look as if a newer Linkwell had written it.
func newer(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`); err != nil {
		t.Fatal(err)
	}
}
