package store

import (
	"context"
	"fmt"
	"strings"
)

// TagCount is a tag of an owner, and how many of their links have it.
type TagCount struct {
	Tag   string
	Links int
}

// Tags returns at most limit of the owner's tags that begin with prefix, in one order, from the one after after on; never nil.
func (s *Store) Tags(ctx context.Context, owner, prefix, after string, limit int) ([]TagCount, error) {
	tags := []TagCount{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT tag, count(*)
			FROM link_tags
			WHERE owner = $1 AND tag LIKE $2 ESCAPE '\' AND tag > $3
			GROUP BY tag
			ORDER BY tag
			LIMIT $4`, owner, likeEscaper.Replace(strings.ToLower(prefix))+"%", after, max(limit, 0))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var t TagCount
			if err := rows.Scan(&t.Tag, &t.Links); err != nil {
				return err
			}
			tags = append(tags, t)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return tags, nil
}

// TagLinks is how many of the owner's links have the tag.
func (s *Store) TagLinks(ctx context.Context, owner, tag string) (int, error) {
	n, err := s.count(ctx, `SELECT count(*) FROM link_tags WHERE owner = $1 AND tag = $2`, owner, tag)
	if err != nil {
		return 0, fmt.Errorf("count tag: %w", err)
	}
	return n, nil
}

// likeEscaper takes the meaning from the characters that have one in LIKE.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
