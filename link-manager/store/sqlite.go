package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// oldestSQLite is the first version without the WAL-reset bug, which could corrupt a database (3.7.0 to 3.51.2).
const oldestSQLite = "3.51.3"

// sqliteReaders is how many reads can run beside the one writer.
const sqliteReaders = 4

// SQLite has one writer, so that nothing needs to be locked row by row.
var sqliteDialect = dialect{
	goose:           goose.DialectSQLite3,
	migrations:      sub(sqliteMigrations, "migrations/sqlite"),
	atClose:         `PRAGMA wal_checkpoint(TRUNCATE)`,
	retryable:       sqliteBusy,
	full:            sqliteFull,
	lockTarget:      selectTarget,
	lockOutstanding: selectOutstanding,
	nextQueued:      selectNextQueued,
	list:            `(SELECT value FROM json_each($1))`,
	table:           sqliteTable,
	changeKey:       `seq`,
	lastChange:      `SELECT seq FROM sqlite_sequence WHERE name = 'changes'`,
	unhex:           func(expression string) string { return "unhex(" + expression + ")" },
	id:              func(expression string) string { return expression },
	hits:            `(SELECT rowid AS number FROM link_words WHERE link_words MATCH %s) h CROSS JOIN links l INDEXED BY links_number ON l.number = h.number`,
	countHits:       `SELECT count(*) FROM (SELECT 1 FROM link_words WHERE link_words MATCH $1 LIMIT %d)`,
	words:           wordSyntax{quote: `"`, prefix: ` *`, and: ` AND `, or: ` OR `, not: ` NOT `},
	frozenCheckedAt: `(l.frozen ->> 'last_checked_at')`,
}

// sqliteBusy: somebody else held the file longer than busy_timeout, a backup say. SQLite's queue is not a fair one, so the
// next try may well get its turn.
func sqliteBusy(err error) bool { return sqliteFailed(err, sqlite3.SQLITE_BUSY) }

func sqliteFull(err error) bool { return sqliteFailed(err, sqlite3.SQLITE_FULL) }

// sqliteFailed reports whether a statement failed with this code, or one that says more than it.
func sqliteFailed(err error, code int) bool {
	var failed *sqlite.Error
	return errors.As(err, &failed) && failed.Code()&0xff == code
}

// openSQLite opens the file: one connection that writes, and a pool beside it that can only read.
func openSQLite(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	writer, err := openPool(sqliteDSN(path, url.Values{
		"_txlock": {"immediate"}, // a transaction that began by reading could not wait for its turn to write
		"_pragma": {
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "trusted_schema(0)",
			// In pages of 4 KiB. Whoever saves many links changes the same pages of the indexes again and again, and the more
			// often that happens before they are copied to the file, the less there is to copy. SQLite's own is 1,000; much
			// more than this would not heal on a small disk that was full, since the log must first reach its 8 MiB.
			"wal_autocheckpoint(2000)",
			"temp_store(MEMORY)", // what a savepoint may have to bring back, which is written much more often than read
		},
	}))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := checkSQLite(ctx, writer); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), writer.Close())
	}
	reader, err := openPool(sqliteDSN(path, url.Values{
		"mode":        {"ro"},
		"_query_only": {"1"},
		"_pragma":     {"busy_timeout(5000)", "trusted_schema(0)"},
	}))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	return &Store{writer: writer, reader: reader, together: newGroupCommit(writer), dialect: sqliteDialect}, nil
}

// openPool returns a pool of connections that has none yet.
func openPool(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{connector}), nil
}

// createPrivate makes sure that the file is there and can be written, because the operating system says better than
// SQLite why not, and because people's links are nobody else's business.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return file.Close()
}

// sqliteDSN is a file: URI, in which any character of a path can be written.
func sqliteDSN(path string, options url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/data
		path = "/" + path
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	return dsn.String()
}

// checkSQLite fails if the file is no database or the library is one that could corrupt it.
func checkSQLite(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	if olderSQLite(version, oldestSQLite) {
		return fmt.Errorf("this program was built with SQLite %s, which can corrupt databases; it needs %s or newer", version, oldestSQLite)
	}
	return nil
}

// olderSQLite reports whether version a, like 3.51.3, came before b. What cannot be read came before everything.
func olderSQLite(a, b string) bool {
	return slices.Compare(versionNumbers(a), versionNumbers(b)) < 0
}

func versionNumbers(version string) []int {
	var numbers []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// sub is the folder of an embedded file system.
func sub(files embed.FS, folder string) fs.FS {
	inside, err := fs.Sub(files, folder)
	if err != nil {
		panic(err) // only for a name that is no path
	}
	return inside
}
