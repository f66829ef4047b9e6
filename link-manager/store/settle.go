package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const selectNextQueued = `
	SELECT ` + targetColumns + `
	FROM settle_queue q
	JOIN targets ON targets.id = q.target_id
	ORDER BY q.queued_at, q.target_id
	LIMIT 1`

// errNothingQueued means that no target waits to be settled, or that others are at it.
var errNothingQueued = errors.New("nothing is queued")

// Settle copies what is known of queued targets to their links, at most limit links in a transaction, until no target is
// queued or ctx ends. It returns how many links were settled, also beside an error.
func (s *Store) Settle(ctx context.Context, limit int) (settled int, err error) {
	for limit > 0 {
		var n int
		err := s.write(ctx, func(ctx context.Context, tx querier) (err error) {
			n, err = s.settleSome(ctx, tx, limit, s.now())
			return err
		})
		switch {
		case errors.Is(err, errNothingQueued):
			return settled, nil
		case err != nil:
			return settled, fmt.Errorf("settle links: %w", err)
		}
		settled += n
	}
	return settled, nil
}

// settleSome settles at most limit links of at most limit targets. It fails with errNothingQueued if there is no target.
func (s *Store) settleSome(ctx context.Context, tx querier, limit int, now time.Time) (settled int, err error) {
	for i := 0; i < limit && settled < limit; i++ {
		t, err := scanTarget(tx.QueryRowContext(ctx, s.dialect.nextQueued))
		switch {
		case none(err) && i == 0:
			return 0, errNothingQueued
		case none(err):
			return settled, nil
		case err != nil:
			return 0, err
		}
		left := limit - settled
		n, err := copyStanding(ctx, tx, t, left, now)
		if err != nil {
			return 0, err
		}
		settled += n
		if n == left {
			return settled, nil // it may have more links, and stays queued
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM settle_queue WHERE target_id = $1`, t.id); err != nil {
			return 0, err
		}
	}
	return settled, nil
}

// queueToSettle leaves the links of a locked target to Settle.
func queueToSettle(ctx context.Context, tx querier, targetID int64, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO settle_queue (target_id, queued_at)
		VALUES ($1, $2)
		ON CONFLICT (target_id) DO NOTHING`, targetID, micros(now))
	return err
}

// fineStill holds for a link whose owner says that it is fine, and whose target ($3 its reason, $6 and $7 whether it lifts
// what was said of that and of another) does not lift that.
const fineStill = `overrule = 'fine' AND NOT CASE WHEN contested = $3 THEN CAST($6 AS BOOLEAN) ELSE CAST($7 AS BOOLEAN) END`

// beforeLinked and whileMuted hold for a link that is settled at $13 by an answer, at $12, that is not its owner's to see,
// because somebody else had the target checked; the others are what it then has in place of what it had.
const (
	beforeLinked = `target_version = 0 AND CAST($12 AS BIGINT) < linked_at`
	whileMuted   = `target_version = 0 AND CAST($12 AS BIGINT) > muted_at AND CAST($12 AS BIGINT) < unmuted_at`
	linkedSeen   = `CASE WHEN ` + beforeLinked + ` THEN CAST($13 AS BIGINT) ELSE linked_at END`
	unmutedSeen  = `CASE WHEN ` + whileMuted + ` THEN CAST($13 AS BIGINT) ELSE unmuted_at END`
	toldSeen     = `CASE WHEN ` + beforeLinked + ` OR ` + whileMuted + `
		THEN COALESCE((SELECT max(c.check_id) FROM checks c WHERE c.target_id = $1 AND c.checked_at = $12 AND c.reason = $14), '') ELSE told_check END`
)

// failingSeen is since when the target ($10) fails, as the link's owner may see it (saved.seen).
const failingSeen = `CASE
		WHEN CAST($10 AS BIGINT) < linked_at THEN ` + linkedSeen + `
		WHEN CAST($10 AS BIGINT) > muted_at AND CAST($10 AS BIGINT) < unmuted_at THEN ` + unmutedSeen + `
		ELSE CAST($10 AS BIGINT) END`

// copyStanding copies status, reason and what else lists are searched by of the locked target t to at most limit of its links that have an older copy,
// those without any first, and returns to how many. Muted links keep what they have; those whose owner says that they are
// fine go on saying so, unless the target lifts that (link.Standing.Lifts).
//
// A link that is new to a target of which something is known takes that at once, and nobody waits for a check that others
// had. It must not tell that they had: so from now on it looks as if its first check had been answered at this moment, in all
// times that it shows and in its history. What cannot be hidden like this is decided to be told, because nothing but a check
// of its own would hide it, for which its owner would wait and somebody's server be asked once more: the server of the page
// sees no visit, the answer may have taken longer than the link exists, and a page that was well for long is checked again
// later (next_check_at) than one that was never checked before.
func copyStanding(ctx context.Context, tx querier, t target, limit int, now time.Time) (int, error) {
	result, err := tx.ExecContext(ctx, `
		UPDATE links
		SET status    = CASE WHEN `+fineStill+` THEN status ELSE $2 END,
		    reason    = CASE WHEN `+fineStill+` THEN reason ELSE $3 END,
		    overrule  = CASE WHEN `+fineStill+` THEN overrule ELSE '' END,
		    contested = CASE WHEN `+fineStill+` THEN contested ELSE '' END,
		    http_status = $8, moved = $9, question = $11, failing_since = `+failingSeen+`,
		    linked_at = `+linkedSeen+`, unmuted_at = `+unmutedSeen+`, told_check = `+toldSeen+`,
		    target_version = $4
		WHERE id IN (
			SELECT id
			FROM links
			WHERE target_id = $1 AND target_version < $4 AND overrule NOT IN ('muted', 'asked')
			ORDER BY target_version
			LIMIT $5)`,
		t.id, t.standing.Status, t.standing.Reason, t.version, limit, t.standing.Lifts(true), t.standing.Lifts(false),
		t.standing.Last.HTTPStatus, number(t.moved), micros(t.standing.FailingSince), t.question,
		micros(t.standing.Last.CheckedAt), micros(now), t.standing.Last.Reason)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
