package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// withPreparing runs the test on a connection to a fresh database.
func withPreparing(t *testing.T, test func(ctx context.Context, conn *sql.Conn, kept func() int)) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	test(t.Context(), conn, func() (n int) {
		err := conn.Raw(func(driverConn any) error {
			n = len(driverConn.(*preparingConn).kept)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return n
	})
}

func TestAStatementIsPreparedOnce(t *testing.T) {
	withPreparing(t, func(ctx context.Context, conn *sql.Conn, kept func() int) {
		before := kept()
		for want := range 5 {
			var got int
			if err := conn.QueryRowContext(ctx, `SELECT $1 + 0 AS once`, want).Scan(&got); err != nil || got != want {
				t.Errorf("got %d (%v), want %d", got, err, want)
			}
		}
		if n := kept() - before; n != 1 {
			t.Errorf("%d statements are kept more than before, want 1", n)
		}
	})
}

func TestAStatementCanRunWhileItsRowsAreRead(t *testing.T) {
	withPreparing(t, func(ctx context.Context, conn *sql.Conn, _ func() int) {
		const query = `SELECT value FROM json_each($1)`
		outer, err := conn.QueryContext(ctx, query, `[1, 2, 3]`)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = outer.Close() }()
		sum := 0
		for outer.Next() {
			var a, b int
			if err := outer.Scan(&a); err != nil {
				t.Fatal(err)
			}
			if err := conn.QueryRowContext(ctx, query, `[10]`).Scan(&b); err != nil {
				t.Fatal(err)
			}
			sum += a * b
		}
		if err := outer.Err(); err != nil || sum != 60 {
			t.Errorf("got %d (%v), want 60", sum, err)
		}
	})
}

func TestAStatementThatFailedCanRunAgain(t *testing.T) {
	withPreparing(t, func(ctx context.Context, conn *sql.Conn, _ func() int) {
		const insert = `INSERT INTO write_probe (id, written_at) VALUES ($1, $2)`
		for _, step := range []struct {
			at any
			ok bool
		}{{1, true}, {2, false}, {nil, false}} {
			if _, err := conn.ExecContext(ctx, insert, 1, step.at); (err == nil) != step.ok {
				t.Errorf("%v: %v", step.at, err)
			}
		}
		if _, err := conn.ExecContext(ctx, `DELETE FROM write_probe`); err != nil {
			t.Error(err)
		}
		if _, err := conn.ExecContext(ctx, insert, 1, 3); err != nil {
			t.Error(err)
		}
	})
}

func TestAStatementSeesThatItsTableChanged(t *testing.T) {
	withPreparing(t, func(ctx context.Context, conn *sql.Conn, _ func() int) {
		for _, setup := range []string{`CREATE TABLE changing (a)`, `INSERT INTO changing VALUES (1)`} {
			if _, err := conn.ExecContext(ctx, setup); err != nil {
				t.Fatal(err)
			}
		}
		for want := 1; want < 4; want++ {
			if columns := columnsOf(ctx, t, conn, `SELECT * FROM changing`); len(columns) != want {
				t.Errorf("got columns %q, want %d of them", columns, want)
			}
			if _, err := conn.ExecContext(ctx, fmt.Sprintf(`ALTER TABLE changing ADD COLUMN b%d`, want)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func columnsOf(ctx context.Context, t *testing.T, conn *sql.Conn, query string) []string {
	t.Helper()
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if !rows.Next() || err != nil || rows.Err() != nil {
		t.Errorf("read a row: %v, %v", err, rows.Err())
	}
	return columns
}

func TestNoMoreStatementsAreKeptThanSomeNumber(t *testing.T) {
	withPreparing(t, func(ctx context.Context, conn *sql.Conn, kept func() int) {
		for i := range 2 * statementsKept {
			var got int
			if err := conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT %d`, i)).Scan(&got); err != nil || got != i {
				t.Errorf("got %d (%v), want %d", got, err, i)
			}
		}
		if n := kept(); n != statementsKept {
			t.Errorf("%d statements are kept, want %d", n, statementsKept)
		}
	})
}
