package store

import (
	"context"
	"fmt"
	"time"
)

// Delete removes a link of the owner. The last link of a target takes the check that is out with it: its answer will be
// Late. Nothing is left of it; Trash keeps it for a while. It fails with link.ErrNotFound like Get.
func (s *Store) Delete(ctx context.Context, owner, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		l, _, err := s.lockSaved(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if err := forgetNumber(ctx, tx, owner, id); err != nil {
			return err
		}
		return remove(ctx, tx, l, s.now())
	})
	if err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	return nil
}

// remove deletes a link whose target is locked.
func remove(ctx context.Context, tx querier, l saved, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE owner = $1 AND id = $2`, l.Owner, l.ID); err != nil {
		return err
	}
	return leave(ctx, tx, l, now)
}
