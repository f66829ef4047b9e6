package store

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/link"
)

// CheckNow makes the target of the owner's link due now, in LaneAdded, and returns the link. While a check is out there
// is nothing to hurry, and it answers the same. A muted link is checked once, because its owner asked. It fails
// with link.ErrNotFound like Get.
func (s *Store) CheckNow(ctx context.Context, owner, id string) (link.Link, error) {
	var l saved
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		asking, t, err := s.lockSaved(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if asking.Overrule == link.Muted {
			if err := ask(ctx, tx, asking, t); err != nil {
				return err
			}
		}
		if err := hurry(ctx, tx, &t, owner, s.now()); err != nil {
			return err
		}
		l, err = find(ctx, tx, owner, id)
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("check link now: %w", err)
	}
	return l.Link, nil
}
