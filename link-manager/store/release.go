package store

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Release ends the lease of a check that was given up, and makes its target due at until, with its attempts kept. It
// returns false, and changes nothing, if that check is not outstanding.
func (s *Store) Release(ctx context.Context, checkID string, until time.Time) (bool, error) {
	if !event.IsCheckID(checkID) {
		return false, nil
	}
	n, err := s.execute(ctx, "release check", `
			UPDATE targets
			SET check_id = NULL, lease_until = NULL, due_at = $2, in_line = 0
			WHERE check_id = $1`, checkID, until.UnixMicro())
	return n > 0, err
}
