package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Release ends the lease of a check that was given up, and makes its target due at until, with its attempts kept. It
// returns false, and changes nothing, if that check is not outstanding.
func (s *Store) Release(ctx context.Context, checkID string, until time.Time) (bool, error) {
	if !event.IsCheckID(checkID) {
		return false, nil
	}
	var released bool
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE targets
			SET check_id = NULL, lease_until = NULL, due_at = $2, in_line = 0
			WHERE check_id = $1`, checkID, until.UnixMicro())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		released = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("release check: %w", err)
	}
	return released, nil
}
