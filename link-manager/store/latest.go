package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Latest returns what the newest answers for these links of the owner said, by id, newest first: at most limit of each, and
// none that Checks would not tell. An id that is not the owner's, or has no answer, is left out. However many links there
// are, it is one question, and reads no more than what it returns.
func (s *Store) Latest(ctx context.Context, owner string, ids []string, limit int) (map[string][]check.Status, error) {
	wanted := make([]string, 0, len(ids))
	for _, id := range ids {
		if isID(id) {
			wanted = append(wanted, id)
		}
	}
	list, err := json.Marshal(wanted)
	if err != nil {
		return nil, fmt.Errorf("read latest answers: %w", err)
	}
	latest := make(map[string][]check.Status, len(wanted))
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, fmt.Sprintf(`
			SELECT CAST(l.id AS TEXT), (
				SELECT string_agg(c.status, ',' ORDER BY c.checked_at DESC, c.check_id DESC)
				FROM (
					SELECT status, checked_at, check_id
					FROM checks
					WHERE target_id = l.target_id AND checked_at >= l.linked_at
					AND (l.muted_at IS NULL OR checked_at <= l.muted_at OR checked_at >= l.unmuted_at)
					ORDER BY checked_at DESC, check_id DESC
					LIMIT $3) AS c)
			FROM links l
			WHERE l.owner = $2 AND l.id IN (SELECT %s FROM %s AS list)`, s.dialect.id("value"), s.dialect.list),
			string(list), owner, min(max(limit, 0), ChecksKept))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id string
			var joined *string
			if err := rows.Scan(&id, &joined); err != nil {
				return err
			}
			if joined == nil {
				continue
			}
			for status := range strings.SplitSeq(*joined, ",") {
				latest[id] = append(latest[id], check.Status(status))
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read latest answers: %w", err)
	}
	return latest, nil
}
