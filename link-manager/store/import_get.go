package store

import (
	"context"
	"fmt"
	"strings"
)

// ImportProblem says what in a file is no link that could be saved.
type ImportProblem struct {
	// Number counts them from 1.
	Number int
	Line   int
	// Skipped means that nothing is wrong with it: it is of no use to us.
	Skipped bool
	Title   string
	// Problem is a sentence.
	Problem string
}

// MaxImportProblems is how many problems of one import are kept; all are counted.
const MaxImportProblems = 1_000

// Import returns one import of the owner. It fails with ErrNoImport.
func (s *Store) Import(ctx context.Context, owner, id string) (found Import, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		found, err = findImport(ctx, db, owner, id)
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("get import: %w", err)
	}
	return found, nil
}

func findImport(ctx context.Context, db querier, owner, id string) (Import, error) {
	if !isID(id) {
		return Import{}, ErrNoImport
	}
	return scanImport(db.QueryRowContext(ctx, `SELECT `+importColumns+` FROM imports WHERE owner = $1 AND id = $2`, owner, id))
}

// Imports returns at most limit imports of the owner that are older than the position, newest first; the zero position
// starts at the newest. It never returns nil.
func (s *Store) Imports(ctx context.Context, owner string, after Position, limit int) ([]Import, error) {
	query, args := `SELECT `+importColumns+` FROM imports WHERE owner = $1`, []any{owner, max(limit, 0)}
	if after != (Position{}) {
		query += ` AND (created_at, id) < ($3, $4)`
		args = append(args, micros(after.At), strings.ToLower(after.ID))
	}
	list := []Import{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, query+` ORDER BY created_at DESC, id DESC LIMIT $2`, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			i, err := scanImport(rows)
			if err != nil {
				return err
			}
			list = append(list, i)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return list, nil
}

// ImportProblems returns at most limit problems of an import of the owner, those after the one with that number, in the
// order of the file; never nil. It fails with ErrNoImport.
func (s *Store) ImportProblems(ctx context.Context, owner, id string, after, limit int) ([]ImportProblem, error) {
	list := []ImportProblem{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		if _, err := findImport(ctx, db, owner, id); err != nil {
			return err
		}
		rows, err := db.QueryContext(ctx, `
			SELECT number, line, skipped, title, problem
			FROM import_problems
			WHERE import_id = $1 AND number > $2
			ORDER BY number
			LIMIT $3`, id, after, max(limit, 0))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var p ImportProblem
			var skipped int
			if err := rows.Scan(&p.Number, &p.Line, &skipped, &p.Title, &p.Problem); err != nil {
				return err
			}
			p.Skipped = skipped != 0
			list = append(list, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list import problems: %w", err)
	}
	return list, nil
}
