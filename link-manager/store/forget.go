package store

import (
	"context"
	"fmt"
	"time"
)

// OrphansKept is how long a target that no link leads to is kept, with its history, for somebody to save it again.
const OrphansKept = 30 * 24 * time.Hour

// ForgetOrphans removes targets that no link has led to for OrphansKept, with their history: at most limit of them, in
// one transaction. It returns how many; fewer than limit means that there are no more, or that others are at them.
func (s *Store) ForgetOrphans(ctx context.Context, limit int) (forgotten int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		ids, err := s.orphans(ctx, tx, s.now().Add(-OrphansKept), limit)
		if err != nil {
			return err
		}
		forgotten = len(ids)
		for _, id := range ids {
			for _, statement := range []string{
				`DELETE FROM settle_queue WHERE target_id = $1`,
				`DELETE FROM check_days WHERE target_id = $1`,
				`DELETE FROM checks WHERE target_id = $1`,
				`DELETE FROM targets WHERE id = $1`,
			} {
				if _, err := tx.ExecContext(ctx, statement, id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("forget targets: %w", err)
	}
	return forgotten, nil
}

// orphans locks at most limit targets that were alone at before already.
func (s *Store) orphans(ctx context.Context, tx querier, before time.Time, limit int) (ids []int64, err error) {
	rows, err := tx.QueryContext(ctx, selectOrphans+s.dialect.skipLocked, micros(before), max(limit, 0))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

const selectOrphans = `
	SELECT id
	FROM targets
	WHERE orphaned_at <= $1
	ORDER BY orphaned_at
	LIMIT $2`

// ForgetDays removes days that Days does not tell any more, at most limit of them, and returns how many.
func (s *Store) ForgetDays(ctx context.Context, limit int) (forgotten int, err error) {
	return s.execute(ctx, "forget days", `
			DELETE FROM check_days
			WHERE (target_id, day) IN (
				SELECT target_id, day
				FROM check_days
				WHERE day < $1
				ORDER BY day, target_id
				LIMIT $2)`, s.firstDay(), max(limit, 0))
}
