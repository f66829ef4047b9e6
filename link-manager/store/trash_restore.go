package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Restore brings a link back from the owner's trash, as it was: with its id, dates, tags and overrule, and showing what it
// showed until it is settled again. What was found while it was away is not its owner's to see. A muted link comes back
// muted, and is not checked.
//
// It fails with link.ErrNotFound if it is not in the owner's trash, and with a *link.DuplicateError, and leaves it there,
// if the owner has saved the same again.
func (s *Store) Restore(ctx context.Context, owner, id string) (link.Link, error) {
	var restored saved
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		l, err := takeOut(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		l.comeBack(now)
		bring := adopt
		if l.Overrule == link.Muted {
			bring = attend
		}
		t, err := bring(ctx, tx, owner, l.targetURL, now)
		if err != nil {
			return err
		}
		l.targetID = t.id
		if err := s.insertLink(ctx, tx, l.saved); err != nil {
			return err
		}
		if err := finishRestore(ctx, tx, l.saved); err != nil {
			return err
		}
		restored, err = find(ctx, tx, owner, id)
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("restore link: %w", err)
	}
	return restored.Link, nil
}

// comeBack makes the time in the trash one that the owner does not see, like the time while a link is muted.
func (l *thrown) comeBack(now time.Time) {
	if l.Overrule == link.Muted {
		return
	}
	if !l.unmutedAt.IsZero() {
		l.linkedAt = l.unmutedAt // only one time is remembered that is not the owner's to see
	}
	l.mutedAt, l.unmutedAt = l.at, now
}

// finishRestore writes what a restored link has and a new one has not.
func finishRestore(ctx context.Context, tx querier, l saved) error {
	shows := l.unsettled()
	_, err := tx.ExecContext(ctx, `
		UPDATE links
		SET overrule = $3, contested = $4, frozen = $5, revision = $6, linked_at = $7, muted_at = $8, unmuted_at = $9,
		    http_status = $10, failing_since = $11, moved = $12, told_check = $13
		WHERE owner = $1 AND id = $2`,
		l.Owner, l.ID, l.Overrule, l.contested, standing{&l.frozen}, l.Revision,
		micros(l.linkedAt), micros(l.mutedAt), micros(l.unmutedAt),
		shows.Last.HTTPStatus, micros(shows.FailingSince), number(l.moved), l.told)
	return err
}

// attend is adopt for a link that wants no checks: it leads to the target, which does not count it.
func attend(ctx context.Context, tx querier, owner, url string, now time.Time) (target, error) {
	return lead(ctx, tx, owner, url, 0, now)
}
