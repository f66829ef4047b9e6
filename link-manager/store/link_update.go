package store

import (
	"context"
	"errors"
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
	// AddTags and RemoveTags change the tags, after Tags did; what is in both is added.
	AddTags, RemoveTags []string
	// Overrule is fine, muted or empty for neither.
	Overrule *string
	// Expect is what the link must be like for any of this to happen.
	Expect Expect
}

// Update changes a link of the owner and returns it. A url that leads to another target makes the link pending again,
// as if it had just been added, and lifts its overrule; updated_at moves only if something is different afterwards.
//
// It fails with link.ErrNotFound like Get, with a *link.FieldError if the result cannot be stored, and with a
// *link.DuplicateError if the owner has another link to the new target. It fails with ErrChanged if the link is not what
// the patch expects.
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
		if err := p.Expect.of(had.Link); err != nil {
			return err
		}
		d, err := p.draftOf(had.Link)
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
		if _, url, err = s.prepare(link.Draft{URL: *p.URL}); err != nil {
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

// draftOf is the draft that would have made l what the patch wants it to be, or a *link.FieldError.
func (p Patch) draftOf(l link.Link) (link.Draft, error) {
	d := link.Draft{URL: l.URL, Title: l.Title, Description: l.Description, Tags: l.Tags}
	set(&d.URL, p.URL)
	set(&d.Title, p.Title)
	set(&d.Description, p.Description)
	set(&d.Tags, p.Tags)
	removed, err := link.NormalizeTags(p.RemoveTags)
	if err != nil {
		return link.Draft{}, renamed(err, "remove_tags")
	}
	added, err := link.NormalizeTags(p.AddTags)
	if err != nil {
		return link.Draft{}, renamed(err, "add_tags")
	}
	if d, err = d.Normalize(); err != nil || len(removed)+len(added) == 0 {
		return d, err
	}
	kept := slices.DeleteFunc(slices.Clone(d.Tags), func(tag string) bool { return slices.Contains(removed, tag) })
	d.Tags, err = link.NormalizeTags(append(kept, added...))
	return d, err
}

// renamed is a problem of the field tags as one of another field.
func renamed(err error, field string) error {
	var wrong *link.FieldError
	if errors.As(err, &wrong) {
		return &link.FieldError{Field: field, Problem: wrong.Problem}
	}
	return err
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
		SET url = $3, title = $4, description = $5, search_text = $6, updated_at = $7, revision = revision + 1
		WHERE owner = $1 AND id = $2`,
		had.Owner, had.ID, d.URL, d.Title, d.Description, searchText(had.Owner, d), micros(now))
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
		    http_status = 0, moved = 0, question = '', failing_since = NULL,
		    overrule = '', contested = '', muted_at = NULL, unmuted_at = NULL, frozen = NULL, told_check = ''
		WHERE owner = $1 AND id = $2`,
		had.Owner, had.ID, next.id, check.Pending, micros(now))
	if err != nil {
		return err
	}
	return leave(ctx, tx, had, now)
}
