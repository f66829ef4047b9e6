package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Patch says what of a link is to change; nil leaves a field as it is.
type Patch struct {
	URL         *string
	Title       *string
	Description *string
	Tags        *[]string
	// Overrule is fine, muted or empty for neither.
	Overrule *string
}

// Update changes a link of the owner and returns it. A url that leads to another target makes the link pending again,
// as if it had just been added, and lifts its overrule; updated_at moves only if something is different afterwards.
//
// It fails with link.ErrNotFound like Get, with a *link.FieldError if the result cannot be stored, and with a
// *link.DuplicateError if the owner has another link to the new target.
func (s *Store) Update(ctx context.Context, owner, id string, p Patch) (link.Link, error) {
	var updated saved
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		overrule, err := link.ParseOverrule(p.overrule())
		if err != nil {
			return err
		}
		had, next, err := s.lockPatched(ctx, tx, owner, id, p, now)
		if err != nil {
			return err
		}
		d, err := p.appliedTo(had.Link).Normalize()
		if err != nil {
			return err
		}
		if err := change(ctx, tx, had, next, d, now); err != nil {
			return err
		}
		if updated, err = find(ctx, tx, owner, id); err != nil || p.Overrule == nil {
			return err
		}
		if err := say(ctx, tx, updated, next, overrule, now); err != nil {
			return err
		}
		updated, err = find(ctx, tx, owner, id)
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("update link: %w", err)
	}
	return updated.Link, nil
}

// lockPatched reads the link and locks its target. If the patch leads the link elsewhere it adopts that target too, and
// returns it; else next is the target the link has. Of the two, the one with the lesser URL is locked first, so that two
// links that change places do not wait for each other.
func (s *Store) lockPatched(ctx context.Context, tx querier, owner, id string, p Patch, now time.Time) (had saved, next target, err error) {
	seen, err := find(ctx, tx, owner, id)
	if err != nil {
		return saved{}, target{}, err
	}
	url := seen.targetURL
	if p.URL != nil {
		if _, url, err = prepare(link.Draft{URL: *p.URL}); err != nil {
			return saved{}, target{}, err
		}
	}
	if url < seen.targetURL {
		if next, err = adopt(ctx, tx, owner, url, now); err != nil {
			return saved{}, target{}, err
		}
	}
	had, locked, err := s.lockSaved(ctx, tx, owner, id)
	switch {
	case err != nil:
		return saved{}, target{}, err
	case had.targetID != seen.targetID:
		return saved{}, target{}, errMoved
	case url == seen.targetURL:
		next = locked
	case url > seen.targetURL:
		next, err = adopt(ctx, tx, owner, url, now)
	}
	return had, next, err
}

// appliedTo is the draft that would have made l what the patch wants it to be.
func (p Patch) appliedTo(l link.Link) link.Draft {
	d := link.Draft{URL: l.URL, Title: l.Title, Description: l.Description, Tags: l.Tags}
	set(&d.URL, p.URL)
	set(&d.Title, p.Title)
	set(&d.Description, p.Description)
	set(&d.Tags, p.Tags)
	return d
}

// overrule is what the patch says, or nothing.
func (p Patch) overrule() (text string) {
	set(&text, p.Overrule)
	return text
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// change writes what is different between the locked link and the draft, and leads it to the locked target next.
func change(ctx context.Context, tx querier, had saved, next target, d link.Draft, now time.Time) error {
	sameTags := slices.Equal(d.Tags, had.Tags)
	if d.URL == had.URL && d.Title == had.Title && d.Description == had.Description && sameTags {
		return nil
	}
	if next.id != had.targetID {
		if err := move(ctx, tx, had, next, now); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE links
		SET url = $3, title = $4, description = $5, search_text = $6, updated_at = $7, sort_title = $8
		WHERE owner = $1 AND id = $2`,
		had.Owner, had.ID, d.URL, d.Title, d.Description, searchText(had.Owner, d), micros(now), sortTitle(d.Title, d.URL))
	if err != nil || sameTags {
		return err
	}
	return replaceTags(ctx, tx, had.Owner, had.ID, d.Tags)
}

// move leads the link from its target, which it leaves, to next, which has counted it already.
func move(ctx context.Context, tx querier, had saved, next target, now time.Time) error {
	if err := duplicate(ctx, tx, had.Owner, next.id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE links
		SET target_id = $3, status = $4, reason = '', target_version = 0, linked_at = $5,
		    http_status = 0, moved = 0, failing_since = NULL,
		    overrule = '', contested = '', muted_at = NULL, unmuted_at = NULL, frozen = NULL
		WHERE owner = $1 AND id = $2`,
		had.Owner, had.ID, next.id, check.Pending, micros(now))
	if err != nil {
		return err
	}
	return leave(ctx, tx, had, now)
}
