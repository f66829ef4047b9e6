package store

import (
	"context"
	"fmt"
)

// Due returns how many targets wait to be claimed, of all owners and in both lanes. It counts to most.
func (s *Store) Due(ctx context.Context, most int) (due int, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		for _, lane := range Lanes() {
			var n int
			err := db.QueryRowContext(ctx, `
				SELECT count(*) FROM (
					SELECT 1 FROM targets WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at <= $2 LIMIT $3) AS due`,
				lane, micros(s.now()), max(most, 0)).Scan(&n)
			if err != nil {
				return err
			}
			due += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count what is due: %w", err)
	}
	return min(due, most), nil
}
