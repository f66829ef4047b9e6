package store

import (
	"context"
	"fmt"
)

// Stats are an owner's totals. They are kept with every change, never counted.
type Stats struct {
	// Links is how many there are: Valid, Invalid and Pending together.
	Links, Valid, Invalid, Pending int
	// Failing are those whose newest answers are not good and that are not invalid, or not yet; Moved those whose newest
	// answer redirected for good; Muted those that are not checked because their owner said so.
	Failing, Moved, Muted int
	// MaxLinks is how many links an owner may have; 0 means any number.
	MaxLinks int
}

// Stats returns the owner's totals; all zero for an owner without links.
func (s *Store) Stats(ctx context.Context, owner string) (stats Stats, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		stats, err = countsOf(ctx, db, owner)
		return err
	})
	if err != nil {
		return Stats{}, fmt.Errorf("read totals: %w", err)
	}
	stats.MaxLinks = max(s.maxLinks, 0)
	return stats, nil
}

func countsOf(ctx context.Context, db querier, owner string) (s Stats, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT CAST(COALESCE(sum(links), 0) AS BIGINT), CAST(COALESCE(sum(valid), 0) AS BIGINT), CAST(COALESCE(sum(invalid), 0) AS BIGINT),
		       CAST(COALESCE(sum(pending), 0) AS BIGINT), CAST(COALESCE(sum(failing), 0) AS BIGINT), CAST(COALESCE(sum(moved), 0) AS BIGINT),
		       CAST(COALESCE(sum(muted), 0) AS BIGINT)
		FROM link_counts
		WHERE owner = $1`, owner).Scan(&s.Links, &s.Valid, &s.Invalid, &s.Pending, &s.Failing, &s.Moved, &s.Muted)
	s.Failing = onlyFailing(s.Failing, s.Invalid)
	return s, err
}

// onlyFailing is how many of the links that have not answered well lately are not invalid: each that is invalid is one of
// those, and link_counts counts it as both.
func onlyFailing(unwell, invalid int) int { return max(unwell-invalid, 0) }
