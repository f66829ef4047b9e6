package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Outcome is what became of a result.
type Outcome string

const (
	// Applied means that the target, its history and its links say so now.
	Applied Outcome = "applied"
	// Late means that nobody waits for this check_id. The result is late, repeated or forged, or its link was deleted.
	Late Outcome = "late"
	// Mismatch means that the check_id is outstanding, but for another URL.
	Mismatch Outcome = "mismatch"
)

// Incoming is an answer that is about to be folded into its target, as whoever judges our sight sees it.
type Incoming struct {
	TargetID int64
	// Host is the target's host name, without port.
	Host string
	// Known is the target's standing before the answer.
	Known  link.Standing
	Reason check.Reason
}

// settleAtOnce is how many links copy the target's status together with the result; the others follow by Settle.
const settleAtOnce = 500

// Apply folds a result into its target in one transaction, together with its row of the history; afterwards the target
// rests in LaneDue. A result that is Late or a Mismatch changes nothing. After an error nothing has changed either, unless
// the connection was lost during the commit; applying again is safe always.
//
// blind is asked whether this very answer is to be trusted (link.Circumstances); nil means that it is. It is asked within
// the transaction, so that the answer by which somebody notices that we are blind does not count either; it may be asked
// again about the same answer, must be quick, and must not come back to the store.
func (s *Store) Apply(ctx context.Context, c event.Checked, blind func(Incoming) bool) (Outcome, error) {
	if !event.IsCheckID(c.CheckID) { // the database might refuse to look for anything else
		return Late, nil
	}
	var outcome Outcome
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		t, err := scanTarget(tx.QueryRowContext(ctx, s.dialect.lockOutstanding, c.CheckID))
		switch {
		case none(err):
			outcome = Late
			return nil
		case err != nil:
			return err
		case t.url != c.URL:
			outcome = Mismatch
			return nil
		}
		outcome = Applied
		under := link.Circumstances{Now: s.now()}
		if blind != nil {
			under.Blind = blind(Incoming{TargetID: t.id, Host: t.host, Known: t.standing, Reason: c.Reason})
		}
		return s.apply(ctx, tx, t, c, under)
	})
	if err != nil {
		return "", fmt.Errorf("apply result: %w", err)
	}
	return outcome, nil
}

// apply writes the result that the locked target t waits for.
func (s *Store) apply(ctx context.Context, tx querier, t target, c event.Checked, under link.Circumstances) error {
	now := under.Now
	if err := remember(ctx, tx, &t, c, now); err != nil {
		return err
	}
	var err error
	if under.Host, err = s.tellHost(ctx, tx, t, c.Result, under); err != nil {
		return err
	}
	waited := t.lane == LaneAdded
	next := link.Fold(t.standing, c.Result, under)
	next.NextCheckAt = link.Spread(now, next.NextCheckAt, c.CheckID)
	news := t.version == 0 || next.Status != t.standing.Status || next.Reason != t.standing.Reason || next.Well() && !t.standing.Well()
	moved, question := c.MovedTo != "", link.QuestionOf(c.Result)
	if news || moved != t.moved || question != t.question || differs(t.standing, next) {
		// Only then is there something to copy: a target with many owners that stays well costs one row for each check.
		t.version++
		t.moved, t.question = moved, question
	}
	t.standing = next
	if err := rest(ctx, tx, t); err != nil {
		return err
	}
	if waited {
		if err := tellWhoAsked(ctx, tx, t, news, now); err != nil {
			return err
		}
	}
	if t.asked > 0 {
		if err := answerAsked(ctx, tx, t); err != nil {
			return err
		}
	}
	copied, err := copyStanding(ctx, tx, t, settleAtOnce, now)
	if err != nil || copied < settleAtOnce {
		return err
	}
	return queueToSettle(ctx, tx, t.id, now)
}

// differs reports whether links are found by anything else when their target stands like b, besides status and reason.
func differs(a, b link.Standing) bool {
	return a.Last.HTTPStatus != b.Last.HTTPStatus || !a.FailingSince.Equal(b.FailingSince)
}

// remember writes the row of the history, which it trims.
func remember(ctx context.Context, tx querier, t *target, c event.Checked, now time.Time) error {
	result, err := json.Marshal(c.Result)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.CheckID, t.id, t.lane, t.attempt, c.Status, c.Reason, c.HTTPStatus, micros(now), string(result))
	if err != nil {
		return err
	}
	t.kept++
	return trim(ctx, tx, t)
}

// rest writes the target's new standing, ends its lease and leaves it until it is due again.
func rest(ctx context.Context, tx querier, t target) error {
	known, against := t.standing, t.standing.Against
	_, err := tx.ExecContext(ctx, `
		UPDATE targets
		SET status = $2, reason = $3,
		    last_status = $4, last_reason = $5, last_http_status = $6, last_checked_at = $7,
		    failing_since = $8, steady = $9, undecided = $10, version = $11,
		    strikes = $12, first_strike_at = $13, last_strike_at = $14, not_found_since = $15, gone_since = $16,
		    lane = $17, due_at = $18, in_line = 0, check_id = NULL, attempt = 0, lease_until = NULL, traceparent = NULL,
		    kept = $19, moved = $20, question = $21
		WHERE id = $1`,
		t.id, known.Status, known.Reason,
		known.Last.Status, known.Last.Reason, known.Last.HTTPStatus, micros(known.Last.CheckedAt),
		micros(known.FailingSince), known.Steady, known.Undecided, t.version,
		against.Strikes, micros(against.FirstStrikeAt), micros(against.LastStrikeAt), micros(against.NotFoundSince), micros(against.GoneSince),
		LaneDue, micros(known.NextCheckAt), t.kept, number(t.moved), t.question)
	return err
}
