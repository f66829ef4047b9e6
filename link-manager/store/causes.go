package store

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Cause is why some of an owner's links are not valid.
type Cause struct {
	Reason check.Reason
	Links  int
}

// Causes returns why the owner's links are not valid, what most are first; never nil. It reads one entry of an index for
// each of them.
func (s *Store) Causes(ctx context.Context, owner string) ([]Cause, error) {
	list := []Cause{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT reason, count(*)
			FROM links
			WHERE owner = $1 AND reason <> '' AND reason <> 'ok'
			GROUP BY reason
			ORDER BY count(*) DESC, reason`, owner)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var c Cause
			if err := rows.Scan(&c.Reason, &c.Links); err != nil {
				return err
			}
			if c.Reason.Known() && c.Reason.Status() != check.Valid {
				list = append(list, c)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("count causes: %w", err)
	}
	return list, nil
}
