package store

import (
	"context"
	"fmt"
	"math"
)

// QuotaError says that the owner has as many links as they may.
type QuotaError struct {
	// Max is how many that are.
	Max int
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("you have as many links as you may: %d; delete some to save others", e.Max)
}

// room is how many links more the owner may have, as far as is seen now: 0 or more.
func (s *Store) room(ctx context.Context, tx querier, owner string) (int, error) {
	if s.maxLinks <= 0 {
		return math.MaxInt, nil
	}
	counts, err := countsOf(ctx, tx, owner)
	return max(s.maxLinks-counts.Links, 0), err
}

// claimRoom makes sure, until the transaction ends, that the owner may have n links more. It fails with a *QuotaError if
// they may not. Whoever inserts links calls it before, when their targets are locked.
func (s *Store) claimRoom(ctx context.Context, tx querier, owner string, n int) error {
	if s.maxLinks <= 0 {
		return nil
	}
	// Whoever else adds links for this owner waits here until we are done.
	_, err := tx.ExecContext(ctx, `
		INSERT INTO link_counts (owner, shard)
		VALUES ($1, 0)
		ON CONFLICT (owner, shard) DO UPDATE SET links = link_counts.links`, owner)
	if err != nil {
		return err
	}
	counts, err := countsOf(ctx, tx, owner)
	if err != nil {
		return err
	}
	if counts.Links+n > s.maxLinks {
		return &QuotaError{Max: s.maxLinks}
	}
	return nil
}
