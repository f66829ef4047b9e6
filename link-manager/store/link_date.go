package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Redate says that the owner saved a link at another time than when it came here, in another program, and returns the link.
// It is a change like any other. What its owner sees of checks does not reach further back. It fails with link.ErrNotFound
// like Get.
func (s *Store) Redate(ctx context.Context, owner, id string, createdAt time.Time) (link.Link, error) {
	var l saved
	err := s.write(ctx, func(ctx context.Context, tx querier) (err error) {
		if l, _, err = s.lockSaved(ctx, tx, owner, id); err != nil {
			return err
		}
		if createdAt = createdAt.UTC().Truncate(time.Microsecond); createdAt.Equal(l.CreatedAt) {
			return nil
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE links
			SET created_at = $3, updated_at = $4, revision = revision + 1
			WHERE owner = $1 AND id = $2`, owner, id, micros(createdAt), micros(s.now()))
		if err != nil {
			return err
		}
		l, err = find(ctx, tx, owner, id)
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("date link: %w", err)
	}
	return l.Link, nil
}

// ChangedAt is when the owner last added, changed or deleted a link, as far as that is known; zero if they never did. A
// check is no change.
func (s *Store) ChangedAt(ctx context.Context, owner string) (at time.Time, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) (err error) {
		at, err = changedAt(ctx, db, owner)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("find the last change: %w", err)
	}
	return at, nil
}

func changedAt(ctx context.Context, db querier, owner string) (at time.Time, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT max(at)
		FROM (SELECT max(updated_at) AS at FROM links WHERE owner = $1
		      UNION ALL
		      SELECT max(trashed_at) FROM trash WHERE owner = $1) AS newest`, owner).Scan(instant{&at})
	return at, err
}
