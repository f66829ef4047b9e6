// Package store keeps links, targets and the history of checks in SQLite or PostgreSQL. It is the truth and the outbox:
// a target's row says whether it is due, who was asked and until when the answer is waited for, so that nothing needs to
// be remembered anywhere else.
//
// Every statement is shared by both databases, except those in sqlite.go and postgres.go. The triggers of the schema keep
// link_counts with its days, link_words and questions. Whoever writes a link first
// locks its target's row, in that order everywhere, and of several targets the one with the lesser URL, so that people,
// recorder and settling never wait for each other in a circle.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Config says where the data is. One of URL and Path is needed.
type Config struct {
	// URL is postgres://…; empty means SQLite.
	URL string
	// Path is the SQLite file. It is created if missing, readable by its user only; its folder is not.
	Path string
	// Beside means that another process has this SQLite file open, as its one writer: the schema is left as it is, and so is
	// the log of what was written when we close.
	Beside bool
	// MaxLinks is how many links an owner may have; 0 means any number.
	MaxLinks int
	// Now is the clock that leases, due times and time stamps are told by; nil means time.Now.
	Now func() time.Time
	// Tracking are the query parameters that make no difference between links; zero means none.
	Tracking link.Tracking
	// Logger hears of retried transactions and migrations; nil means nobody does.
	Logger *slog.Logger
	// Written is called after each transaction that was committed, and must be quick; nil means nobody is told.
	Written func()
}

// Store is an open database. It is safe for concurrent use, and several processes may share one PostgreSQL database.
type Store struct {
	writer *sql.DB
	reader *sql.DB
	// together is how those who write share commits; nil where each has its own.
	together *groupCommit
	dialect  dialect
	// maxLinks is Config.MaxLinks.
	maxLinks int
	clock    func() time.Time
	log      *slog.Logger
	written  func()
	// tracking is what makes no difference between links.
	tracking link.Tracking
	close    func() error
}

// Open opens the database and brings its schema up to date. It fails with one sentence that holds no password: the file
// cannot be opened or is no database, the server cannot be reached, ErrNewerSchema, or ErrOlderSchema beside another.
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := connect(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s.close = sync.OnceValue(s.closeAll)
	s.clock, s.log, s.written, s.tracking, s.maxLinks = c.Now, c.Logger, c.Written, c.Tracking, c.MaxLinks
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.written == nil {
		s.written = func() {}
	}
	if c.Beside {
		s.dialect.atClose = ""
	}
	err = s.migrate(ctx, c.Beside)
	if err == nil && !c.Beside {
		err = s.writeSearchTexts(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, c Config) (*Store, error) {
	switch {
	case c.URL != "":
		return openPostgres(ctx, c.URL)
	case c.Path != "":
		return openSQLite(ctx, c.Path)
	default:
		return nil, errors.New("neither a URL nor a file is named")
	}
}

// Close ends all connections; closing again does nothing. Calls under way fail. On SQLite everything is in the one file
// afterwards.
func (s *Store) Close() error { return s.close() }

func (s *Store) closeAll() error {
	var errs []error
	if s.reader != s.writer {
		errs = append(errs, s.reader.Close())
	}
	if s.dialect.atClose != "" {
		_, err := s.writer.ExecContext(context.Background(), s.dialect.atClose)
		errs = append(errs, err)
	}
	errs = append(errs, s.writer.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// now is the clock's time as both databases can hold it, so that what was just stored equals what is read back.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
