package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/linkwell/linkwell/link-manager/link"
)

// retaggedAtOnce is how many links get another tag in one transaction.
const retaggedAtOnce = 100

// ReplaceTag takes a tag from all of the owner's links, and gives them into in its place if that is not empty; both are as
// link.NormalizeTags returns them. To each link it is a change like any other. It returns how many links were changed, also
// beside an error: they are changed a few in each transaction, and what is left is changed when it is called again.
func (s *Store) ReplaceTag(ctx context.Context, owner, tag, into string) (changed int, err error) {
	if tag == into {
		return 0, nil
	}
	patch := Patch{RemoveTags: []string{tag}}
	if into != "" {
		patch.AddTags = []string{into}
	}
	for {
		var n int
		err := s.write(ctx, func(ctx context.Context, tx querier) error {
			n = 0
			ids, err := linksWithTag(ctx, tx, owner, tag)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := s.retag(ctx, tx, owner, id, patch); err != nil {
					return err
				}
			}
			n = len(ids)
			return nil
		})
		if err != nil {
			return changed, fmt.Errorf("replace tag: %w", err)
		}
		changed += n
		if n < retaggedAtOnce {
			return changed, nil
		}
	}
}

func (s *Store) retag(ctx context.Context, tx querier, owner, id string, p Patch) error {
	had, t, err := s.lockSaved(ctx, tx, owner, id)
	if errors.Is(err, link.ErrNotFound) {
		return nil // it was deleted meanwhile
	}
	if err != nil {
		return err
	}
	d, err := p.draftOf(had.Link)
	if err != nil {
		return err
	}
	return change(ctx, tx, had, t, d, s.now())
}

// linksWithTag finds some links of the owner that have the tag, in the order of their targets' URLs, in which targets are
// locked.
func linksWithTag(ctx context.Context, tx querier, owner, tag string) (ids []string, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT g.link_id, t.url
		FROM link_tags g
		JOIN links l ON l.id = g.link_id
		JOIN targets t ON t.id = l.target_id
		WHERE g.owner = $1 AND g.tag = $2
		ORDER BY g.link_id
		LIMIT $3`, owner, tag, retaggedAtOnce)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	urls := map[string]string{}
	for rows.Next() {
		var id, url string
		if err := rows.Scan(&id, &url); err != nil {
			return nil, err
		}
		ids, urls[id] = append(ids, id), url
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(urls[a], urls[b]) })
	return ids, rows.Err()
}
