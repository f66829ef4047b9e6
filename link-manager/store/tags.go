package store

import (
	"context"
	"fmt"
	"strings"
)

// addTags gives tags to a link that has none of them.
func addTags(ctx context.Context, tx querier, owner, linkID string, tags []string) error {
	if len(tags) == 0 {
		return nil
	}
	var insert strings.Builder
	insert.WriteString(`INSERT INTO link_tags (link_id, owner, tag) VALUES `)
	args := []any{linkID, owner}
	for i, tag := range tags {
		if i > 0 {
			insert.WriteString(", ")
		}
		args = append(args, tag)
		fmt.Fprintf(&insert, "($1, $2, $%d)", len(args))
	}
	_, err := tx.ExecContext(ctx, insert.String(), args...)
	return err
}

// replaceTags gives tags to a link in place of those it has.
func replaceTags(ctx context.Context, tx querier, owner, linkID string, tags []string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM link_tags WHERE owner = $1 AND link_id = $2`, owner, linkID); err != nil {
		return err
	}
	return addTags(ctx, tx, owner, linkID, tags)
}
