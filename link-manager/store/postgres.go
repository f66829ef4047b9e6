package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

const (
	// postgresConnections is the most this process opens.
	postgresConnections = 16
	// postgresReach is how long a server may take to answer the first time.
	postgresReach = 10 * time.Second
)

// PostgreSQL has many writers, which meet at the target's row.
var postgresDialect = dialect{
	goose:      goose.DialectPostgres,
	migrations: sub(postgresMigrations, "migrations/postgres"),
	// For this transaction only, so that a pooler between us and the server can give the session to anybody next.
	begin:           `SELECT set_config('statement_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '30s', true)`,
	retryable:       postgresRetryable,
	full:            postgresFull,
	lockTarget:      selectTarget + ` FOR UPDATE OF targets`,
	lockOutstanding: selectOutstanding + ` FOR UPDATE OF targets`,
	nextQueued:      selectNextQueued + ` FOR UPDATE OF targets SKIP LOCKED`,
	skipLocked:      ` FOR UPDATE SKIP LOCKED`,
	list:            `(SELECT value FROM json_array_elements_text($1::text::json) AS value)`,
	table:           postgresTable,
	changeKey:       `id`,
	lastChange:      `SELECT last FROM change_counter WHERE id = 1`,
	numberChanges: `
		WITH waiting AS (
			SELECT id, row_number() OVER (ORDER BY id) AS place
			FROM (SELECT id FROM changes WHERE seq IS NULL ORDER BY id LIMIT $1) AS first
		), numbered AS (
			UPDATE changes
			SET seq = change_counter.last + waiting.place
			FROM waiting, change_counter
			WHERE changes.id = waiting.id
		)
		UPDATE change_counter SET last = last + (SELECT count(*) FROM waiting)`,
	unhex: func(expression string) string { return "decode(" + expression + ", 'hex')" },
	id:    func(expression string) string { return "CAST(" + expression + " AS UUID)" },
	// OFFSET 0 keeps the planner from reading the owner's links in their order instead, and trying each.
	hits:            `(SELECT * FROM links WHERE array_to_tsvector(string_to_array(search_text, ' ')) @@ CAST(%s AS tsquery) OFFSET 0) l`,
	words:           wordSyntax{quote: `'`, prefix: `:*`, and: ` & `, or: ` | `, not: ` & ! `},
	frozenCheckedAt: `CAST(CAST(l.frozen AS JSON) ->> 'last_checked_at' AS BIGINT)`,
}

// openPostgres opens a pool of connections and reaches the server once.
func openPostgres(ctx context.Context, databaseURL string) (*Store, error) {
	config, err := parsePostgresURL(databaseURL)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(30 * time.Minute) // so that connections move on after a failover

	reach, cancel := context.WithTimeout(ctx, postgresReach)
	defer cancel()
	if err := db.PingContext(reach); err != nil {
		return nil, errors.Join(unreachable(config, err), db.Close())
	}
	postgres := postgresDialect
	// Tried every second: starting replicas wait for the first one's migrations, which seldom take longer.
	if postgres.migrationLock, err = lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{writer: db, reader: db, dialect: postgres}, nil
}

// parsePostgresURL fails without repeating anything of the URL, in which a password can stand anywhere.
func parsePostgresURL(databaseURL string) (*pgx.ConnConfig, error) {
	if !strings.HasPrefix(databaseURL, "postgres://") && !strings.HasPrefix(databaseURL, "postgresql://") {
		return nil, errors.New("the database URL does not start with postgres://")
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("the database URL cannot be read; it should look like postgres://user:password@host:5432/name?sslmode=verify-full")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	// Named statements would belong to a session; unnamed ones go through any pooler.
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	return config, nil
}

// unreachable is why the server cannot be used, in one line. It does not wrap err, which holds the whole configuration.
func unreachable(config *pgx.ConnConfig, err error) error {
	var failed *pgconn.ConnectError
	if errors.As(err, &failed) {
		err = failed.Unwrap()
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	if config.Password != "" {
		reason = strings.ReplaceAll(reason, config.Password, "xxxxx")
	}
	server := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	return fmt.Errorf("the PostgreSQL database %q at %s cannot be reached: %s", config.Database, server, reason)
}

// postgresRetryable: serialization_failure and deadlock_detected ask for the transaction to be run again.
func postgresRetryable(err error) bool { return postgresFailed(err, "40001", "40P01") }

// postgresFull: disk_full. A server that has no room for its log stops; then the connection is lost.
func postgresFull(err error) bool { return postgresFailed(err, "53100") }

// postgresFailed reports whether the server answered with one of the codes.
func postgresFailed(err error, codes ...string) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && slices.Contains(codes, failed.Code)
}
