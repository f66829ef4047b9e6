package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Add saves a link, with its target due now, in one transaction. The link it returns is always pending and never checked,
// even if its target was checked a moment ago for somebody else: then Settle tells soon.
//
// It fails with a *link.FieldError if the draft cannot be stored, with a *link.DuplicateError if the owner has a link
// to the same target, and with a *QuotaError if they have as many links as they may.
func (s *Store) Add(ctx context.Context, owner string, d link.Draft) (link.Link, error) {
	d, url, err := s.prepare(d)
	if err != nil {
		return link.Link{}, fmt.Errorf("add link: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return link.Link{}, fmt.Errorf("add link: %w", err)
	}
	var added saved
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		t, err := adopt(ctx, tx, owner, url, now)
		if err != nil {
			return err
		}
		added = saved{
			Link: link.Link{
				ID: id.String(), Owner: owner, URL: d.URL, Title: d.Title, Description: d.Description, Tags: d.Tags,
				Standing:  link.Standing{Status: check.Pending, NextCheckAt: t.standing.NextCheckAt},
				CreatedAt: now, UpdatedAt: now,
			},
			targetID: t.id, version: t.version, linkedAt: now,
		}
		return s.insertLink(ctx, tx, added)
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("add link: %w", err)
	}
	added.Standing = added.shown()
	return added.Link, nil
}

// prepare is the draft as it will be stored, and the URL of its target; or a *link.FieldError.
func (s *Store) prepare(d link.Draft) (link.Draft, string, error) {
	d, err := d.Normalize()
	if err != nil {
		return link.Draft{}, "", err
	}
	url, err := link.Key(d.URL, s.tracking)
	return d, url, err
}

// insertLink stores a new link to a target that is locked. It fails with a *link.DuplicateError if the owner has one, and
// with a *QuotaError if they have as many as they may.
func (s *Store) insertLink(ctx context.Context, tx querier, l saved) error {
	if err := s.claimRoom(ctx, tx, l.Owner, 1); err != nil {
		// Whoever saves a link again should hear that, also if they could save no other.
		if repeated := duplicate(ctx, tx, l.Owner, l.targetID); repeated != nil {
			return repeated
		}
		return err
	}
	d := link.Draft{URL: l.URL, Title: l.Title, Description: l.Description, Tags: l.Tags}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO links (id, owner, target_id, url, title, description, search_text,
		                   status, reason, target_version, linked_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10, $11)
		ON CONFLICT (owner, target_id) DO NOTHING`,
		l.ID, l.Owner, l.targetID, l.URL, l.Title, l.Description, searchText(l.Owner, d), l.Status, l.Reason, micros(l.CreatedAt), micros(l.UpdatedAt))
	if err != nil {
		return err
	}
	if inserted, err := result.RowsAffected(); err != nil {
		return err
	} else if inserted == 0 {
		return duplicate(ctx, tx, l.Owner, l.targetID)
	}
	return addTags(ctx, tx, l.Owner, l.ID, l.Tags)
}
