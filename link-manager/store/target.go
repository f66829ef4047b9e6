package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/tracing"
	"github.com/linkwell/linkwell/link-manager/link"
)

// target is a row of targets: one distinct URL and all that is known about it.
type target struct {
	id       int64
	url      string
	host     string
	standing link.Standing
	lane     Lane
	inLine   bool
	checkID  string
	attempt  int
	version  int64
	// kept is how many of its answers are in the history.
	kept int
	// asked is how many muted links asked for one check.
	asked int
	// moved means that the newest answer redirected for good; question is what it asks of those who saved it.
	moved    bool
	question link.Question
}

const (
	targetColumns = `
		targets.id, targets.url, targets.host, targets.status, targets.reason,
		targets.last_status, targets.last_reason, targets.last_http_status, targets.last_checked_at,
		targets.failing_since, targets.steady, targets.undecided, targets.due_at,
		targets.strikes, targets.first_strike_at, targets.last_strike_at, targets.not_found_since, targets.gone_since,
		targets.lane, targets.in_line, COALESCE(targets.check_id, ''), targets.attempt, targets.version, targets.kept, targets.asked, targets.moved,
		targets.question`

	selectTarget      = `SELECT ` + targetColumns + ` FROM targets WHERE id = $1`
	selectOutstanding = `SELECT ` + targetColumns + ` FROM targets WHERE check_id = $1`
)

func scanTarget(row *sql.Row) (target, error) {
	var t target
	known := &t.standing
	err := row.Scan(
		&t.id, &t.url, &t.host, &known.Status, &known.Reason,
		&known.Last.Status, &known.Last.Reason, &known.Last.HTTPStatus, instant{&known.Last.CheckedAt},
		instant{&known.FailingSince}, &known.Steady, &known.Undecided, instant{&known.NextCheckAt},
		&known.Against.Strikes, instant{&known.Against.FirstStrikeAt}, instant{&known.Against.LastStrikeAt},
		instant{&known.Against.NotFoundSince}, instant{&known.Against.GoneSince},
		&t.lane, &t.inLine, &t.checkID, &t.attempt, &t.version, &t.kept, &t.asked, &t.moved, &t.question)
	return t, err
}

// adopt counts one more link for the target with this url, which it inserts if it is new, and leaves it locked. A target
// that was checked lately is queued to settle that link; any other is due now, on behalf of the owner.
func adopt(ctx context.Context, tx querier, owner, url string, now time.Time) (target, error) {
	t, err := lead(ctx, tx, owner, url, 1, now)
	if err != nil {
		return target{}, err
	}
	return t, inform(ctx, tx, &t, owner, now)
}

// lead returns the target with this url, which it inserts if it is new, locked, for one more link that leads there. Wanting
// is 1 if that link wants it checked, and 0 if not.
func lead(ctx context.Context, tx querier, owner, url string, wanting int, now time.Time) (target, error) {
	hash := sha256.Sum256([]byte(url))
	return scanTarget(tx.QueryRowContext(ctx, `
		INSERT INTO targets (url, url_hash, key_version, host, status, lane, due_at, queued_by, owners, created_at, traceparent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7, NULLIF($10, ''))
		ON CONFLICT (url_hash) DO UPDATE SET owners = targets.owners + excluded.owners, orphaned_at = NULL
		RETURNING `+targetColumns,
		url, hash[:], link.KeyVersion, link.HostOf(url), check.Pending, LaneAdded, micros(now), owner, wanting, tracing.Parent(ctx)))
}

// inform sees to it that a link which is new to the locked target t is settled: from what is known, or by a check on
// behalf of its owner.
func inform(ctx context.Context, tx querier, t *target, owner string, now time.Time) error {
	if t.standing.Fresh(now) {
		return queueToSettle(ctx, tx, t.id, now)
	}
	return hurry(ctx, tx, t, owner, now)
}

// want counts one more link that wants the target checked.
func want(ctx context.Context, tx querier, id int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE targets SET owners = owners + 1 WHERE id = $1`, id)
	return err
}

// disown counts one link less that wants the target checked. A target that nobody is left to care for forgets the check
// that is out.
func disown(ctx context.Context, tx querier, id int64) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE targets
		SET owners      = owners - 1,
		    check_id    = CASE WHEN owners > 1 THEN check_id END,
		    lease_until = CASE WHEN owners > 1 THEN lease_until END,
		    attempt     = CASE WHEN owners > 1 THEN attempt ELSE 0 END,
		    traceparent = CASE WHEN owners > 1 THEN traceparent END
		WHERE id = $1`, id)
	return err
}

// leave counts out a link that no longer leads to the target it had. A target without any link is an orphan from now on.
func leave(ctx context.Context, tx querier, had saved, now time.Time) error {
	if had.asked {
		if err := stopAsking(ctx, tx, had.targetID); err != nil {
			return err
		}
	}
	if had.Overrule != link.Muted || had.asked {
		if err := disown(ctx, tx, had.targetID); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE targets
		SET orphaned_at = $2
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM links WHERE target_id = $1)`, had.targetID, micros(now))
	return err
}

// hurry makes the locked target t due now, in the lane a person waits for, on behalf of the owner; one that is due already,
// or is in that lane's line before its host, keeps its place. While a check is out its answer is waited for, and only its
// next one, should it get lost, is hurried. What is hurried belongs to the trace of ctx from then on; what waits already, to
// the trace of whoever asked first.
func hurry(ctx context.Context, tx querier, t *target, owner string, now time.Time) error {
	if t.lane == LaneAdded && (t.inLine || t.checkID != "" || !t.standing.NextCheckAt.After(now)) {
		return nil
	}
	if t.checkID == "" && t.standing.NextCheckAt.After(now) {
		t.standing.NextCheckAt = now
	}
	t.lane = LaneAdded
	_, err := tx.ExecContext(ctx, `
		UPDATE targets
		SET lane = $2, due_at = $3, queued_by = $4, in_line = 0, traceparent = NULLIF($5, '')
		WHERE id = $1`, t.id, t.lane, micros(t.standing.NextCheckAt), owner, tracing.Parent(ctx))
	return err
}

// lockTarget reads the target and keeps others from writing it, or any of its links, until the transaction ends.
func (s *Store) lockTarget(ctx context.Context, tx querier, id int64) (target, error) {
	return scanTarget(tx.QueryRowContext(ctx, s.dialect.lockTarget, id))
}

// none reports whether err only says that there is no such row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }
