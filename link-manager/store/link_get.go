package store

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Get returns one link of the owner. It fails with link.ErrNotFound if there is none with this id, if it is somebody
// else's, and if the id is not one.
func (s *Store) Get(ctx context.Context, owner, id string) (link.Link, error) {
	var l saved
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		l, err = find(ctx, db, owner, id)
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("get link: %w", err)
	}
	return l.Link, nil
}
