package store

import (
	"context"
	"fmt"
)

// Delete removes a link of the owner. The last link of a target takes the check that is out with it: its answer will be
// Late. It fails with link.ErrNotFound like Get.
func (s *Store) Delete(ctx context.Context, owner, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		l, _, err := s.lockSaved(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE owner = $1 AND id = $2`, owner, id); err != nil {
			return err
		}
		return leave(ctx, tx, l, s.now())
	})
	if err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	return nil
}
