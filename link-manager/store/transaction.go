package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// querier is what statements run on: a transaction under way, or the pool for reading.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const (
	// writeAttempts is how often a transaction is run before its error is given to the caller.
	writeAttempts = 10
	// readTimeout bounds what reads without a transaction, as the server's own timeout bounds what writes.
	readTimeout = 30 * time.Second
)

// errMoved asks for the transaction to be run again: what it read before it had the lock is not so any more.
var errMoved = errors.New("the link was moved to another target meanwhile")

// write runs fn in one transaction and returns when it is committed; if it returns an error, nothing of fn is left.
// The one exception is a connection lost during the commit, whose outcome nobody knows. It fails with ErrDiskFull if there
// is no room.
//
// fn may be run more than once, so what it found counts only after write returned nil. It can neither commit nor roll
// back, because on SQLite it may share its transaction with other callers (groupCommit), and must not wait for them.
func (s *Store) write(ctx context.Context, fn func(ctx context.Context, tx querier) error) error {
	return s.writeUntilKept(ctx, false, fn)
}

// writeMuch is write for what takes long: others may join its transaction, but it joins none.
func (s *Store) writeMuch(ctx context.Context, fn func(ctx context.Context, tx querier) error) error {
	return s.writeUntilKept(ctx, true, fn)
}

func (s *Store) writeUntilKept(ctx context.Context, long bool, fn func(ctx context.Context, tx querier) error) error {
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, long, fn)
		if err == nil {
			s.written()
			return nil
		}
		if attempt == writeAttempts || !(errors.Is(err, errMoved) || s.dialect.retryable(err)) {
			return s.dialect.explain(err)
		}
		s.log.DebugContext(ctx, "transaction is run again", "attempt", attempt, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Duration(attempt) * 10 * time.Millisecond)): //nolint:gosec // spreads load, keeps no secret
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, long bool, fn func(ctx context.Context, tx querier) error) error {
	if s.together != nil {
		return s.together.write(ctx, long, fn)
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit; ends the transaction if fn fails or panics
	if s.dialect.begin != "" {
		if _, err := tx.ExecContext(ctx, s.dialect.begin); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
	}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// read runs fn on the pool for reading, without a transaction: two statements may see two states.
func (s *Store) read(ctx context.Context, fn func(ctx context.Context, db querier) error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return s.dialect.explain(fn(ctx, s.reader)) // to sort much may take room too
}
