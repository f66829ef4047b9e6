package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Database says where a link manager keeps its data.
type Database struct {
	DataDir     string `env:"DATA_DIR" default:"data" type:"path" help:"Folder of the database."`
	DatabaseURL string `env:"DATABASE_URL" help:"PostgreSQL, if that is used instead: postgres://…"`
}

// SQLiteFile is where the database is, unless it is in PostgreSQL.
func (d Database) SQLiteFile() string { return filepath.Join(d.DataDir, "linkwell.db") }

// OpenAccounts opens the accounts in a database. A link manager may be running on it: it holds its data folder, and then
// SQLite's own locks keep what both write apart, and the schema is left as it is. Call closed at the end.
func OpenAccounts(ctx context.Context, d Database) (opened *account.Accounts, closed func() error, err error) {
	config := store.Config{URL: d.DatabaseURL, Path: d.SQLiteFile()}
	release := func() error { return nil }
	if d.DatabaseURL == "" {
		if err := os.MkdirAll(d.DataDir, 0o700); err != nil {
			return nil, nil, fmt.Errorf("DATA_DIR: make the data folder: %w", err)
		}
		lock := flock.New(filepath.Join(d.DataDir, "lock"))
		held, err := lock.TryLock()
		if err != nil {
			return nil, nil, fmt.Errorf("DATA_DIR: take hold of the data folder: %w", err)
		}
		config.Beside = !held
		release = lock.Close
	}
	kept, err := store.Open(ctx, config)
	if err != nil {
		return nil, nil, errors.Join(err, release())
	}
	accounts := account.New(account.Config{Store: kept})
	return accounts, func() error { return errors.Join(kept.Close(), release()) }, nil
}
