package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/linkwell/linkwell/link-manager/link"
)

// similarLookedAt is how many of an owner's links to one host Similar looks at, the newest first.
const similarLookedAt = 5_000

// Lookup returns the owner's link to this URL, however it is spelled. It fails with link.ErrNotFound if there is none, and
// with a *link.FieldError if it is no URL that could be saved.
func (s *Store) Lookup(ctx context.Context, owner, url string) (link.Link, error) {
	_, key, err := s.prepare(link.Draft{URL: url})
	if err != nil {
		return link.Link{}, fmt.Errorf("look up link: %w", err)
	}
	var l saved
	hash := sha256.Sum256([]byte(key))
	err = s.read(ctx, func(ctx context.Context, db querier) (err error) {
		l, err = scanSaved(db.QueryRowContext(ctx, selectSaved+` AND t.url_hash = $2`, owner, hash[:]))
		if none(err) {
			err = link.ErrNotFound
		}
		return err
	})
	if err != nil {
		return link.Link{}, fmt.Errorf("look up link: %w", err)
	}
	return l.Link, nil
}

// Similar returns at most limit of the owner's links that lead most likely to the same page as this URL (link.Similar), the
// newest first, without the one that Lookup returns. It fails like Lookup, but not for want of a link.
func (s *Store) Similar(ctx context.Context, owner, url string, limit int) ([]link.Link, error) {
	_, key, err := s.prepare(link.Draft{URL: url})
	if err != nil {
		return nil, fmt.Errorf("find similar links: %w", err)
	}
	host, like := strings.TrimPrefix(link.HostOf(key), "www."), link.Similar(key)
	found := []link.Link{}
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, selectSaved+` AND t.host IN ($2, $3) ORDER BY l.created_at DESC, l.id DESC LIMIT $4`,
			owner, host, "www."+host, similarLookedAt)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() && len(found) < limit {
			l, err := scanSaved(rows)
			if err != nil {
				return err
			}
			if l.targetURL != key && link.Similar(l.targetURL) == like {
				found = append(found, l.Link)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("find similar links: %w", err)
	}
	return found, nil
}
