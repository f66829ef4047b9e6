package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Backup copies the SQLite database at path, as it is at one moment, into the file at copyPath, which must be empty or not
// there. Others may read and write meanwhile, and do not wait; what was committed before it began is in the copy. When it
// returns, the copy was found whole and is on the disk, in one file. It returns how many links it has.
//
// It fails, and leaves a file that is worth nothing, if path is no database of Linkwell or is damaged, or if there is no
// room for the copy.
func Backup(ctx context.Context, path, copyPath string) (links int, err error) {
	links, err = backup(ctx, path, copyPath)
	if err != nil {
		return 0, fmt.Errorf("back up %s: %w", path, err)
	}
	return links, nil
}

func backup(ctx context.Context, path, copyPath string) (int, error) {
	if _, err := os.Stat(path); err != nil {
		return 0, err
	}
	if err := onSQLite(ctx, path, "rw", func(db *sql.DB) error {
		// Unlike the online backup API, which begins anew whenever somebody writes, this reads one snapshot.
		_, err := db.ExecContext(ctx, `VACUUM INTO ?`, copyPath)
		return err
	}); err != nil {
		return 0, err
	}
	// SQLite leaves it to the operating system when the copy is written.
	if err := flush(copyPath); err != nil {
		return 0, err
	}
	return wholeLinks(ctx, copyPath)
}

// onSQLite opens the SQLite file, whatever its schema, for as long as do takes.
func onSQLite(ctx context.Context, path, mode string, do func(*sql.DB) error) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := openPool(sqliteDSN(path, url.Values{"mode": {mode}, "_pragma": {"busy_timeout(5000)", "trusted_schema(0)"}}))
	if err != nil {
		return err
	}
	err = checkSQLite(ctx, db)
	if err == nil {
		err = do(db)
	}
	return errors.Join(err, db.Close())
}

// wholeLinks is how many links are in an SQLite file that is whole. It fails if anything in it is damaged.
func wholeLinks(ctx context.Context, path string) (links int, err error) {
	err = onSQLite(ctx, path, "ro", func(db *sql.DB) error {
		var found string
		if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return fmt.Errorf("the database is damaged: %s", found)
		}
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM links`).Scan(&links); err != nil {
			return fmt.Errorf("it is no database of Linkwell: %w", err)
		}
		return nil
	})
	return links, err
}

// flush has the operating system put the file on the disk.
func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
