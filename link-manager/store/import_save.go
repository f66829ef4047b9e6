package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// ImportBatch is what was read of a file next.
type ImportBatch struct {
	Links []Imported
	// Problems are told by Line, Skipped, Title and Problem.
	Problems []ImportProblem
	// Position is how many items of the file are dealt with afterwards; BytesRead how much of it.
	Position  int
	BytesRead int64
}

// importGap is the time between the first checks of two links of an import, so that it takes its turn in the routine lane
// and no more.
const importGap = 20 * time.Millisecond

// importHead is how much later, for each whole megabyte of the file, those checks begin than the import does: about as long
// as storing what is in it takes, so that checks and storing do not slow each other down.
const importHead = 1500 * time.Millisecond

// SaveImported saves what was read of a file, and that it was read, in one transaction, and renews the claim: nothing of the
// file is saved twice, whoever goes on with it. A new link for which its owner has no room is one more problem. It returns
// the claim as it is then. It fails with ErrImportLost if c is no claim any more, or not the newest.
func (s *Store) SaveImported(ctx context.Context, c ImportClaim, b ImportBatch) (ImportClaim, error) {
	saved := c
	var began time.Time
	err := s.writeMuch(ctx, func(ctx context.Context, tx querier) error {
		began = time.Now()
		now := s.now()
		if err := changeOne(ctx, tx, ErrImportLost, `
			UPDATE imports
			SET lease_until = $4
			WHERE id = $1 AND holder = $2 AND state = 'running' AND position = $3`, c.ID, c.Holder, c.Position, micros(now.Add(c.Lease))); err != nil {
			return err
		}
		counts, refused, err := s.addMany(ctx, tx, c.Owner, b.Links, func(i int) time.Time {
			return later(now, c.StartedAt.Add(time.Duration(c.Bytes/1e6)*importHead+time.Duration(c.Position+i)*importGap))
		})
		if err != nil {
			return err
		}
		problems := s.withRefused(b, refused)
		for _, p := range problems {
			if p.Skipped {
				counts.Skipped++
			} else {
				counts.Failed++
			}
		}
		if err := s.keepProblems(ctx, tx, c.ID, c.Skipped+c.Failed, problems); err != nil {
			return err
		}
		saved.ImportCounts, saved.Position, saved.BytesRead = c.plus(counts), b.Position, b.BytesRead
		_, err = tx.ExecContext(ctx, `
			UPDATE imports
			SET position = $2, bytes_read = $3, added = $4, merged = $5, unchanged = $6, skipped = $7, failed = $8, updated_at = $9
			WHERE id = $1`,
			c.ID, saved.Position, saved.BytesRead, saved.Added, saved.Merged, saved.Unchanged, saved.Skipped, saved.Failed, micros(now))
		return err
	})
	if err != nil {
		return ImportClaim{}, fmt.Errorf("save imported links: %w", err)
	}
	saved.Took = time.Since(began)
	return saved, nil
}

// withRefused are the problems of a batch and those of its links that were refused for want of room, in the order of their
// lines.
func (s *Store) withRefused(b ImportBatch, refused []int) []ImportProblem {
	if len(refused) == 0 {
		return b.Problems
	}
	problems := slices.Clone(b.Problems)
	for _, i := range refused {
		l := b.Links[i]
		problems = append(problems, ImportProblem{Line: l.Line, Title: l.Name, Problem: (&QuotaError{Max: s.maxLinks}).Error()})
	}
	slices.SortStableFunc(problems, func(a, b ImportProblem) int { return cmp.Compare(a.Line, b.Line) })
	return problems
}

// keepProblems keeps problems, of which so many were told before, up to MaxImportProblems.
func (s *Store) keepProblems(ctx context.Context, tx querier, id string, told int, problems []ImportProblem) error {
	var rows []any
	for i, p := range problems {
		if told+i >= MaxImportProblems {
			break
		}
		skipped := 0
		if p.Skipped {
			skipped = 1
		}
		rows = append(rows, map[string]any{"number": told + i + 1, "line": p.Line, "skipped": skipped, "title": p.Title, "problem": p.Problem})
	}
	return s.each(ctx, tx, rows, "number bigint, line bigint, skipped bigint, title text, problem text", `
		INSERT INTO import_problems (import_id, number, line, skipped, title, problem)
		SELECT `+s.dialect.id("$2")+`, number, line, skipped, title, problem
		FROM %s AS list`, id)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
