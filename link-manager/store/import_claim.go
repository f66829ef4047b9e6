package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ImportClaim is the right to work on an import, until its lease ends. Every ImportBatch that is saved renews it.
type ImportClaim struct {
	Import
	// Holder names the claim.
	Holder string
	// Lease is how long it lasts.
	Lease time.Duration
	// Took is how long others had to wait who would write on SQLite too, while the last batch was saved.
	Took time.Duration
}

// ErrImportLost means that a claim is none any more: the import was cancelled or deleted, or the lease ended and somebody
// else works on it.
var ErrImportLost = errors.New("the import is no longer ours")

// ClaimImport takes the import that has waited longest, of those that nobody works on. It fails with ErrNoImport if there is
// none.
func (s *Store) ClaimImport(ctx context.Context, lease time.Duration) (c ImportClaim, err error) {
	holder, err := uuid.NewRandom()
	if err != nil {
		return ImportClaim{}, fmt.Errorf("claim import: %w", err)
	}
	c = ImportClaim{Holder: holder.String(), Lease: lease}
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		c.Import, err = scanImport(tx.QueryRowContext(ctx, `
			UPDATE imports
			SET state = 'running', holder = $1, lease_until = $2, started_at = COALESCE(started_at, $3), updated_at = $3
			WHERE id = (
				SELECT id
				FROM imports
				WHERE state IN ('waiting', 'running') AND (lease_until IS NULL OR lease_until <= $3)
				ORDER BY created_at, id
				LIMIT 1`+s.dialect.skipLocked+`)
			RETURNING `+importColumns, c.Holder, micros(now.Add(lease)), micros(now)))
		return err
	})
	if err != nil {
		return ImportClaim{}, fmt.Errorf("claim import: %w", err)
	}
	return c, nil
}

// ReleaseImport gives the claim back, for whoever comes next.
func (s *Store) ReleaseImport(ctx context.Context, c ImportClaim) error {
	return s.endClaim(ctx, c, `state = 'waiting', holder = NULL, lease_until = NULL, updated_at = $3`)
}

// FinishImport ends the import: it is completed, or failed for that problem.
func (s *Store) FinishImport(ctx context.Context, c ImportClaim, problem string) error {
	state := ImportCompleted
	if problem != "" {
		state = ImportFailed
	}
	return s.endClaim(ctx, c, `state = $4, problem = $5, bytes_read = bytes, holder = NULL, lease_until = NULL, updated_at = $3, finished_at = $3`, state, problem)
}

// endClaim fails with ErrImportLost if c is no claim any more.
func (s *Store) endClaim(ctx context.Context, c ImportClaim, set string, args ...any) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		return changeOne(ctx, tx, ErrImportLost, `
			UPDATE imports
			SET `+set+`
			WHERE id = $1 AND holder = $2 AND state = 'running'`, append([]any{c.ID, c.Holder, micros(s.now())}, args...)...)
	})
	if err != nil {
		return fmt.Errorf("end claim of import: %w", err)
	}
	return nil
}

// ImportChunk returns a piece of the file: number counts them from 0. ok is false if there is no such piece.
func (s *Store) ImportChunk(ctx context.Context, id string, number int) (content []byte, ok bool, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		return db.QueryRowContext(ctx, `SELECT content FROM import_chunks WHERE import_id = $1 AND number = $2`, id, number).Scan(&content)
	})
	switch {
	case none(err):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read import: %w", err)
	}
	return content, true, nil
}
