package store

import (
	"context"
	"fmt"
	"time"
)

// CancelImport stops an import of the owner. What it saved stays. It fails with ErrNoImport, and with ErrImportFinished.
func (s *Store) CancelImport(ctx context.Context, owner, id string) (cancelled Import, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		found, err := findImport(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if found.State.Finished() {
			return ErrImportFinished
		}
		if err := changeOne(ctx, tx, ErrImportFinished, `
			UPDATE imports
			SET state = 'cancelled', holder = NULL, lease_until = NULL, updated_at = $3, finished_at = $3
			WHERE owner = $1 AND id = $2 AND finished_at IS NULL`, owner, id, micros(s.now())); err != nil {
			return err
		}
		cancelled, err = findImport(ctx, tx, owner, id)
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("cancel import: %w", err)
	}
	return cancelled, nil
}

// DeleteImport forgets an import of the owner; one that is not finished is cancelled by that. What it saved stays. It fails
// with ErrNoImport.
//
// It is nobody's from then on, and ForgetImports removes it: a file can be too long for one transaction.
func (s *Store) DeleteImport(ctx context.Context, owner, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if !isID(id) {
			return ErrNoImport
		}
		return changeOne(ctx, tx, ErrNoImport, `
			UPDATE imports
			SET owner = '', state = 'cancelled', holder = NULL, lease_until = NULL, finished_at = 0
			WHERE owner = $1 AND id = $2`, owner, id)
	})
	if err != nil {
		return fmt.Errorf("delete import: %w", err)
	}
	return nil
}

const (
	// ImportsKept is how long a finished import can be looked at.
	ImportsKept = 30 * 24 * time.Hour
	// uploadPatience is how long after its last piece an import is taken for given up that was never handed over.
	uploadPatience = time.Hour
)

// ForgetImports removes the files of finished imports, imports that were deleted or finished ImportsKept ago, and those whose
// file never came as a whole: at most limit pieces of files and limit imports. It returns how many; fewer than limit means
// that there are no more.
func (s *Store) ForgetImports(ctx context.Context, limit int) (forgotten int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		forgotten = 0
		for _, step := range []struct {
			statement string
			args      []any
		}{
			{`UPDATE imports
			  SET owner = '', state = 'cancelled', finished_at = 0
			  WHERE state = 'receiving' AND updated_at < $1`, []any{micros(s.now().Add(-uploadPatience))}},
			{`DELETE FROM import_chunks
			  WHERE (import_id, number) IN (
				SELECT import_id, number
				FROM import_chunks
				WHERE import_id IN (SELECT id FROM imports WHERE finished_at IS NOT NULL)
				LIMIT $1)`, []any{max(limit, 0)}},
			{`DELETE FROM import_problems
			  WHERE import_id IN (` + selectForgotten + `)`, []any{micros(s.now().Add(-ImportsKept)), max(limit, 0)}},
			{`DELETE FROM imports
			  WHERE id IN (` + selectForgotten + `)`, []any{micros(s.now().Add(-ImportsKept)), max(limit, 0)}},
		} {
			n, err := affected(tx.ExecContext(ctx, step.statement, step.args...))
			if err != nil {
				return err
			}
			forgotten += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("forget imports: %w", err)
	}
	return forgotten, nil
}

// selectForgotten finds imports that were over at $1 and whose files are gone, at most $2.
const selectForgotten = `
	SELECT id
	FROM imports
	WHERE finished_at < $1 AND NOT EXISTS (SELECT 1 FROM import_chunks WHERE import_id = imports.id)
	ORDER BY finished_at, id
	LIMIT $2`
