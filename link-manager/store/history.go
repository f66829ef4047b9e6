package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Check is one answer in the history of a target.
type Check struct {
	CheckID string
	// Attempt is the claim that was answered, from 1; more than 1 means that earlier ones got lost.
	Attempt int
	// Result is the answer. Its CheckedAt is when it was applied, by the store's clock, like that of a link's last answer.
	check.Result
}

// Checks returns the newest answers for the owner's link, newest first, at most limit and at most ChecksKept; never nil.
// Answers from before the link led to its target, or while it was muted, are not the owner's to see; the one of them by
// which it was settled is told as of then. It fails with link.ErrNotFound like Get.
func (s *Store) Checks(ctx context.Context, owner, id string, limit int) ([]Check, error) {
	var checks []Check
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		l, err := find(ctx, db, owner, id)
		if err != nil {
			return err
		}
		checks, err = readChecks(ctx, db, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return checks[:min(len(checks), ChecksKept, max(limit, 0))], nil
}

// readChecks reads all answers that are kept and the link's owner may see, newest first.
func readChecks(ctx context.Context, db querier, l saved) ([]Check, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT check_id, attempt, checked_at, result
		FROM checks
		WHERE target_id = $1 AND checked_at >= $2
		UNION ALL
		SELECT check_id, attempt, checked_at, result
		FROM checks
		WHERE target_id = $1 AND checked_at < $2 AND check_id = $3
		ORDER BY checked_at DESC, check_id DESC`, l.targetID, micros(l.linkedAt), l.told)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	checks := []Check{}
	for rows.Next() {
		var c Check
		var checkedAt time.Time
		var result []byte
		if err := rows.Scan(&c.CheckID, &c.Attempt, instant{&checkedAt}, &result); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(result, &c.Result); err != nil {
			return nil, fmt.Errorf("read check %s: %w", c.CheckID, err)
		}
		if c.CheckedAt = l.seenAt(checkedAt); l.sees(checkedAt) || c.CheckID == l.told && !c.CheckedAt.IsZero() {
			checks = append(checks, c)
		}
	}
	return checks, rows.Err()
}
