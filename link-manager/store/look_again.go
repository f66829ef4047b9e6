package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// LookAgainWithin is the time over which LookAgain spreads what it makes due.
const LookAgainWithin = 5 * time.Minute

const (
	// lookAgainChunk is how many answers LookAgain goes through in one transaction.
	lookAgainChunk = 500
	// lookAgainSlots is how many moments there are within LookAgainWithin.
	lookAgainSlots = 300
)

// LookAgain makes every target due in LaneDue, spread over LookAgainWithin, whose newest answer was not good and came at
// since or later. One that is due sooner or waits in its host's line is left as it is, and so is one whose check is out,
// because it was due. It returns how many there were, also beside an error, after which it can be called again.
//
// It goes through the history since then, a chunk in each transaction.
func (s *Store) LookAgain(ctx context.Context, since time.Time) (targets int, err error) {
	now := s.now()
	for _, lane := range []Lane{LaneAdded, LaneDue} {
		at := answered{at: since}
		for more := true; more; {
			var ids []int64
			if ids, at, more, err = s.notGood(ctx, lane, at); err != nil {
				return targets, fmt.Errorf("look again: %w", err)
			}
			n, err := s.dueAgain(ctx, ids, now)
			if err != nil {
				return targets, fmt.Errorf("look again: %w", err)
			}
			targets += n
		}
	}
	return targets, nil
}

// LookAgainAt does the same with the given targets, whenever they were answered.
func (s *Store) LookAgainAt(ctx context.Context, ids []int64) (targets int, err error) {
	targets, err = s.dueAgain(ctx, slices.Clone(ids), s.now())
	if err != nil {
		return 0, fmt.Errorf("look again: %w", err)
	}
	return targets, nil
}

// answered is a place in the history of a lane.
type answered struct {
	at      time.Time
	checkID string
}

// notGood returns the targets of the answers of one chunk of the history that were not good, from the one after the given
// place on, and where the chunk ends.
func (s *Store) notGood(ctx context.Context, lane Lane, after answered) (ids []int64, last answered, more bool, err error) {
	last, n := after, 0
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT target_id, status, checked_at, check_id
			FROM checks
			WHERE lane = $1 AND (checked_at, check_id) > ($2, $3)
			ORDER BY checked_at, check_id
			LIMIT $4`, lane, after.at.UnixMicro(), after.checkID, lookAgainChunk)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for ; rows.Next(); n++ {
			var id int64
			var status check.Status
			if err := rows.Scan(&id, &status, instant{&last.at}, &last.checkID); err != nil {
				return err
			}
			if status != check.Valid {
				ids = append(ids, id)
			}
		}
		return rows.Err()
	})
	return ids, last, n == lookAgainChunk, err
}

// dueAgain makes those of the targets due that LookAgain is about.
func (s *Store) dueAgain(ctx context.Context, ids []int64, now time.Time) (targets int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	slices.Sort(ids) // everybody who locks many does it in this order
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		targets = 0
		for _, id := range slices.Compact(ids) {
			due := now.Add(time.Duration(id%lookAgainSlots) * (LookAgainWithin / lookAgainSlots))
			result, err := tx.ExecContext(ctx, `
				UPDATE targets
				SET lane = $2, due_at = $3
				WHERE id = $1 AND in_line = 0 AND owners > 0 AND last_status <> $4 AND due_at > $5`,
				id, LaneDue, micros(due), check.Valid, micros(now.Add(LookAgainWithin)))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			targets += int(n)
		}
		return nil
	})
	return targets, err
}
