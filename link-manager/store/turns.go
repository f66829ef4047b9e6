package store

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// The owners that have something due, in order of their names: each step of the recursion leaps over all that one owner
// has, in the index, so that it takes as long for an owner of a million as for one of a single target.
const selectOwnersDue = `
	WITH RECURSIVE owner (name, due_at, steps) AS (
		SELECT *
		FROM (SELECT queued_by, due_at, 1
		      FROM targets
		      WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND queued_by > $2
		      ORDER BY queued_by, due_at
		      LIMIT 1) AS first
		UNION ALL
		SELECT (SELECT queued_by
		        FROM targets
		        WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND queued_by > owner.name
		        ORDER BY queued_by, due_at
		        LIMIT 1),
		       (SELECT due_at
		        FROM targets
		        WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND queued_by > owner.name
		        ORDER BY queued_by, due_at
		        LIMIT 1),
		       steps + 1
		FROM owner
		WHERE name IS NOT NULL AND steps < $5)
	SELECT name
	FROM owner
	WHERE name IS NOT NULL AND due_at <= $3
	LIMIT $4`

const (
	// ownersAtOnce is how many owners share one claim.
	ownersAtOnce = 32
	// ownersLooked is how many owners are looked at to find them.
	ownersLooked = 4096
)

// waitingOfEach locks and returns what waits in the lane, a share for each owner who has something due, filled up with those
// that waited longest, which are locked already. It is for when more waits than is looked at, all of it perhaps one owner's.
func (s *Store) waitingOfEach(ctx context.Context, tx querier, r ClaimRequest, now time.Time, longest []waiting) ([]waiting, error) {
	owners, err := s.ownersDue(ctx, tx, r, now)
	if err != nil || len(owners) < 2 {
		return longest, err
	}
	found := longest
	known := make(map[int64]bool, 2*len(longest))
	for _, w := range longest {
		known[w.id] = true
	}
	share := len(longest)/len(owners) + 1
	for _, owner := range owners {
		due, err := scanWaiting(ctx, tx, selectDueOf+s.dialect.skipLocked, r.Lane, micros(now), share, owner)
		if err != nil {
			return nil, err
		}
		for _, w := range due {
			if !known[w.id] {
				found = append(found, w)
			}
		}
	}
	return found, nil
}

// takeTurns sorts the targets so that every owner comes before any comes a second time, beginning with the owner after
// that one; of one owner, those that waited longest first.
func takeTurns(targets []waiting, after string) {
	sortByAge(targets)
	rounds := make(map[string]int)
	turn := make(map[int64]int, len(targets))
	for _, w := range targets {
		turn[w.id] = rounds[w.owner]
		rounds[w.owner]++
	}
	slices.SortStableFunc(targets, func(a, b waiting) int {
		return cmp.Or(
			cmp.Compare(turn[a.id], turn[b.id]),
			compareBool(a.owner <= after, b.owner <= after),
			cmp.Compare(a.owner, b.owner),
		)
	})
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ownersDue returns at most ownersAtOnce owners who have something due, beginning after r.After and going round.
func (s *Store) ownersDue(ctx context.Context, tx querier, r ClaimRequest, now time.Time) ([]string, error) {
	owners, err := scanNames(ctx, tx, r.Lane, r.After, micros(now), ownersAtOnce, ownersLooked)
	if err != nil || r.After == "" || len(owners) == ownersAtOnce {
		return owners, err
	}
	begin, err := scanNames(ctx, tx, r.Lane, "", micros(now), ownersAtOnce-len(owners), ownersLooked)
	if err != nil {
		return nil, err
	}
	for _, owner := range begin {
		if owner > r.After {
			break
		}
		owners = append(owners, owner)
	}
	return owners, nil
}

func scanNames(ctx context.Context, tx querier, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, selectOwnersDue, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
