package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Exported is a link as its owner saved it.
type Exported struct {
	ID string
	link.Draft
	CreatedAt time.Time
}

// Export returns at most limit links of the owner that come after the position, oldest first; the zero position starts at
// the oldest. A link that stays is found exactly once, whatever is added meanwhile.
func (s *Store) Export(ctx context.Context, owner string, after Position, limit int) (links []Exported, err error) {
	query, args := `
		SELECT l.id, l.url, l.title, l.description, l.created_at,
		       (SELECT string_agg(g.tag, ',') FROM link_tags g WHERE g.link_id = l.id)
		FROM links l
		WHERE l.owner = $1`, []any{owner, max(limit, 0)}
	if after != (Position{}) {
		query += ` AND (l.created_at, l.id) > ($3, $4)`
		args = append(args, micros(after.At), after.ID)
	}
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, query+` ORDER BY l.created_at, l.id LIMIT $2`, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var l Exported
			var tags *string
			if err := rows.Scan(&l.ID, &l.URL, &l.Title, &l.Description, instant{&l.CreatedAt}, &tags); err != nil {
				return err
			}
			if tags != nil {
				l.Tags = splitTags(*tags)
			}
			links = append(links, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("export links: %w", err)
	}
	return links, nil
}
