package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// ChecksKept is how many of a target's newest answers are kept whole; older ones are counted by the day.
//
// What the dispatcher counts (Applied) is not bounded by that: at most one check of a target is out at a time.
const ChecksKept = 100

// trimAtOnce is how many answers too many there are before they are trimmed, all at once: that is cheaper than one by
// one, and all but every tenth answer goes without.
const trimAtOnce = 10

// trim counts the oldest answers of the locked target t by the day and removes them, if there are too many of them.
func trim(ctx context.Context, tx querier, t *target) error {
	if t.kept < ChecksKept+trimAtOnce {
		return nil
	}
	trimmed, n, err := removeOldest(ctx, tx, t.id, t.kept-ChecksKept)
	if err != nil {
		return err
	}
	for number, day := range trimmed {
		if err := addDay(ctx, tx, t.id, number, day); err != nil {
			return err
		}
	}
	t.kept -= n
	return nil
}

// removeOldest removes the n oldest answers of a target, and returns what they said and how many there were.
func removeOldest(ctx context.Context, tx querier, targetID int64, n int) (days, int, error) {
	rows, err := tx.QueryContext(ctx, `
		DELETE FROM checks
		WHERE check_id IN (
			SELECT check_id
			FROM checks
			WHERE target_id = $1
			ORDER BY checked_at, check_id
			LIMIT $2)
		RETURNING checked_at, result`, targetID, n)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = rows.Close() }()
	byDay, removed := days{}, 0
	for rows.Next() {
		var result check.Result
		var text []byte
		var checkedAt time.Time
		if err := rows.Scan(instant{&checkedAt}, &text); err != nil {
			return nil, 0, err
		}
		if err := json.Unmarshal(text, &result); err != nil {
			return nil, 0, fmt.Errorf("read check: %w", err)
		}
		result.CheckedAt = checkedAt
		byDay.add(result)
		removed++
	}
	return byDay, removed, rows.Err()
}

// addDay adds to what is counted of a target on the day with this number.
func addDay(ctx context.Context, tx querier, targetID, number int64, day Day) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO check_days (target_id, day, valid, invalid, pending, duration_ms, slowest_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (target_id, day) DO UPDATE
		SET valid       = check_days.valid + excluded.valid,
		    invalid     = check_days.invalid + excluded.invalid,
		    pending     = check_days.pending + excluded.pending,
		    duration_ms = check_days.duration_ms + excluded.duration_ms,
		    slowest_ms  = CASE WHEN check_days.slowest_ms > excluded.slowest_ms THEN check_days.slowest_ms ELSE excluded.slowest_ms END`,
		targetID, number, day.Valid, day.Invalid, day.Pending, day.DurationMS, day.SlowestMS)
	return err
}
