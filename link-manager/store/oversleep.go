package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// clockSkew is by how much the clocks of those who work on one store may differ.
const clockSkew = time.Hour

// WakeOversleepers makes targets due now that would rest for longer than any can, and ends leases that last longer than
// lease: at most limit of them, in one transaction. It returns how many; fewer than limit means that there are no more, or
// that others are at them. A clock that was ahead leaves such targets behind, and without this nobody would look at them
// before that time comes, which may be years.
func (s *Store) WakeOversleepers(ctx context.Context, lease time.Duration, limit int) (woken int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		woken = 0
		now := s.now()
		for _, lane := range []Lane{LaneAdded, LaneDue} {
			for _, asleep := range []struct {
				statement string
				latest    time.Time
			}{
				{wakeResting, now.Add(link.LongestRest)},
				{wakeOutstanding, now.Add(lease + clockSkew)},
			} {
				result, err := tx.ExecContext(ctx, fmt.Sprintf(asleep.statement, s.dialect.skipLocked), lane, micros(asleep.latest), max(limit-woken, 0), micros(now))
				if err != nil {
					return err
				}
				n, err := result.RowsAffected()
				if err != nil {
					return err
				}
				woken += int(n)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("wake targets: %w", err)
	}
	return woken, nil
}

const (
	wakeResting = `
		UPDATE targets
		SET due_at = $4, in_line = 0
		WHERE id IN (
			SELECT id
			FROM targets
			WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at > $2
			ORDER BY due_at
			LIMIT $3%s)`
	wakeOutstanding = `
		UPDATE targets
		SET lease_until = $4
		WHERE id IN (
			SELECT id
			FROM targets
			WHERE lane = $1 AND check_id IS NOT NULL AND lease_until > $2
			ORDER BY lease_until
			LIMIT $3%s)`
)
