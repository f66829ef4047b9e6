package store

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// asked is the overrule of a muted link that asked for one check all the same; to its owner it is muted.
const asked = "asked"

// say has the owner say o of their link, which leads to the locked target t. What is said again changes nothing.
func say(ctx context.Context, tx querier, had saved, t target, o link.Overrule, now time.Time) error {
	known := had.known(t)
	var contested check.Reason
	if o == link.Fine {
		var ok bool
		if contested, ok = known.Contested(); !ok {
			o = "" // it is well, so there is nothing to overrule
		}
	}
	if o == had.Overrule && contested == had.contested {
		return nil
	}
	next := had
	next.Overrule, next.contested = o, contested
	if had.settled() {
		next.targetVersion, next.moved = t.version, t.moved
	}
	switch {
	case had.Overrule == link.Muted:
		// From here on it is like a link that was just added, but for what it shows until it is settled.
		next.targetVersion, next.unmutedAt = 0, now
		if err := unmute(ctx, tx, had, t, now); err != nil {
			return err
		}
	case o == link.Muted:
		if !had.unmutedAt.IsZero() {
			next.linkedAt = had.unmutedAt // only one time is remembered that is not the owner's to see
		}
		next.mutedAt, next.unmutedAt, next.frozen = now, time.Time{}, &known
		if err := disown(ctx, tx, t.id); err != nil {
			return err
		}
	}
	return writeOverrule(ctx, tx, next, known.Overruled(o), now)
}

// known is what the owner may know of the locked target t, whatever they say about it.
func (l saved) known(t target) link.Standing {
	if l.settled() {
		return l.seen(t.standing)
	}
	return l.unsettled()
}

func writeOverrule(ctx context.Context, tx querier, l saved, shown link.Standing, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE links
		SET overrule = $3, contested = $4, status = $5, reason = $6, target_version = $7,
		    linked_at = $8, muted_at = $9, unmuted_at = $10, frozen = $11, updated_at = $12, revision = revision + 1,
		    http_status = $13, failing_since = $14, moved = $15
		WHERE owner = $1 AND id = $2`,
		l.Owner, l.ID, l.Overrule, l.contested, shown.Status, shown.Reason, l.targetVersion,
		micros(l.linkedAt), micros(l.mutedAt), micros(l.unmutedAt), standing{&l.frozen}, micros(now),
		shown.Last.HTTPStatus, micros(shown.FailingSince), number(l.moved))
	return err
}

// unmute has the locked target t checked for the link again: from now on it wants to know.
func unmute(ctx context.Context, tx querier, had saved, t target, now time.Time) error {
	count := want
	if had.asked {
		count = stopAsking // it is counted already
	}
	if err := count(ctx, tx, t.id); err != nil {
		return err
	}
	return inform(ctx, tx, &t, had.Owner, now)
}

// ask has the locked target t checked once for a link that is muted, and stays so.
func ask(ctx context.Context, tx querier, l saved, t target) error {
	if l.asked {
		return nil
	}
	if err := want(ctx, tx, t.id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE targets SET asked = asked + 1 WHERE id = $1`, t.id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE links SET overrule = $3 WHERE owner = $1 AND id = $2`, l.Owner, l.ID, asked)
	return err
}

// stopAsking counts one link less that wants only one check of the target.
func stopAsking(ctx context.Context, tx querier, targetID int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE targets SET asked = asked - 1 WHERE id = $1`, targetID)
	return err
}

// answerAsked gives the locked target's new standing to the muted links that asked for it, which want no more.
func answerAsked(ctx context.Context, tx querier, t target) error {
	known := &t.standing
	_, err := tx.ExecContext(ctx, `
		UPDATE links
		SET overrule = $2, status = $3, reason = $4, frozen = $5, http_status = $7, moved = $8, question = $11,
		    failing_since = CASE
		    	WHEN CAST($9 AS BIGINT) < linked_at THEN linked_at
		    	WHEN CAST($9 AS BIGINT) > muted_at AND CAST($9 AS BIGINT) < CAST($10 AS BIGINT) THEN CAST($10 AS BIGINT)
		    	ELSE CAST($9 AS BIGINT) END
		WHERE target_id = $1 AND overrule = $6`,
		t.id, link.Muted, known.Status, known.Reason, standing{&known}, asked,
		known.Last.HTTPStatus, number(t.moved), micros(known.FailingSince), micros(known.Last.CheckedAt), t.question)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE targets SET owners = owners - asked, asked = 0 WHERE id = $1`, t.id)
	return err
}
