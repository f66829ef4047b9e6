package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Condition is what a database is like, as somebody sees it who changes nothing.
type Condition struct {
	// Schema is the number of its newest migration, 0 if it has none yet, and Known that of the newest which this program
	// has.
	Schema, Known int64
	// ReadOnly means that the server takes no writes: a replica, say.
	ReadOnly bool
	// Now is the server's clock; zero for SQLite, which has none of its own.
	Now time.Time
}

// Examine looks at a database without changing anything. An SQLite file that is not there has no schema yet. It fails like
// Open if the database cannot be reached or is none.
func Examine(ctx context.Context, c Config) (condition Condition, err error) {
	if c.URL == "" {
		if _, err := os.Stat(c.Path); errors.Is(err, fs.ErrNotExist) {
			condition.Known, err = newest(sqliteDialect.migrations)
			return condition, err
		}
	}
	s, err := connect(ctx, c)
	if err != nil {
		return Condition{}, fmt.Errorf("open database: %w", err)
	}
	defer func() { err = errors.Join(err, s.reader.Close(), s.writer.Close()) }()
	if condition.Known, err = newest(s.dialect.migrations); err != nil {
		return Condition{}, err
	}
	// There is no such table before the first migration.
	if err := s.reader.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&condition.Schema); err != nil {
		condition.Schema = 0
	}
	if c.URL != "" {
		err = s.reader.QueryRowContext(ctx, `SELECT current_setting('transaction_read_only') = 'on', clock_timestamp()`).Scan(&condition.ReadOnly, &condition.Now)
	}
	return condition, err
}

// newest is the number of the newest migration.
func newest(migrations fs.FS) (number int64, err error) {
	files, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		prefix, _, _ := strings.Cut(filepath.Base(file), "_")
		n, err := strconv.ParseInt(prefix, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s has no number: %w", file, err)
		}
		number = max(number, n)
	}
	return number, nil
}
