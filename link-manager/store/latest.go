package store

import (
	"context"
	"database/sql"
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
	var latest map[string][]check.Status
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		latest, err = s.latest(ctx, db, owner, wanted, min(max(limit, 0), ChecksKept))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read latest answers: %w", err)
	}
	return latest, nil
}

func (s *Store) latest(ctx context.Context, db querier, owner string, ids []string, limit int) (map[string][]check.Status, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`
		SELECT CAST(l.id AS TEXT), (
			SELECT string_agg(c.status, ',' ORDER BY c.checked_at DESC, c.check_id DESC)
			FROM (
				SELECT status, checked_at, check_id
				FROM checks
				WHERE target_id = l.target_id AND checked_at >= l.linked_at
				AND (l.muted_at IS NULL OR checked_at <= l.muted_at OR checked_at >= l.unmuted_at OR check_id = l.told_check)
				ORDER BY checked_at DESC, check_id DESC
				LIMIT $3) AS c), (
			SELECT status FROM checks WHERE check_id = l.told_check AND target_id = l.target_id AND checked_at < l.linked_at)
		FROM %s AS list CROSS JOIN links l -- in this order, or SQLite goes through all links of the owner
		WHERE l.owner = $2 AND l.id = %s`, s.dialect.list, s.dialect.id("list.value")), string(list), owner, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	latest := make(map[string][]check.Status, len(ids))
	for rows.Next() {
		var id string
		var joined, told sql.NullString
		if err := rows.Scan(&id, &joined, &told); err != nil {
			return nil, err
		}
		for status := range strings.FieldsFuncSeq(joined.String+","+told.String, func(c rune) bool { return c == ',' }) {
			if len(latest[id]) < limit {
				latest[id] = append(latest[id], check.Status(status))
			}
		}
	}
	return latest, rows.Err()
}
