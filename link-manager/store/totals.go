package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Totals are what an owner had at the end of a day, in UTC, or has by now.
type Totals struct {
	// Date is when the day began.
	Date                                           time.Time
	Links, Valid, Invalid, Pending, Failing, Moved int
}

// Totals returns the owner's totals of the last days, today included, oldest first. It begins with the first day of which
// something is known; empty for an owner who never had a link. Days on which nothing changed, also because no process was
// there, are like the one before. A link that was deleted is counted until it was.
func (s *Store) Totals(ctx context.Context, owner string, last int) ([]Totals, error) {
	today := dayOf(s.now())
	first := today - int64(last) + 1
	var shards []shardDay
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		shards, err = readTotals(ctx, db, owner, first)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read totals by day: %w", err)
	}
	return foldTotals(shards, first, today), nil
}

// shardDay is what one shard of link_counts was when a day ended, and those after it on which nothing changed.
type shardDay struct {
	shard, day int64
	Totals
}

const selectTotals = `
	SELECT shard, day, links, valid, invalid, pending, failing, moved
	FROM total_days d
	WHERE owner = $1 AND shard > 0
	  AND day >= COALESCE((SELECT max(before.day) FROM total_days before WHERE before.owner = $1 AND before.shard = d.shard AND before.day <= $2), $2)
	UNION ALL
	SELECT shard, CAST($3 AS BIGINT), links, valid, invalid, pending, failing, moved
	FROM link_counts
	WHERE owner = $1 AND shard > 0
	ORDER BY shard, day`

// afterAll is a day after all others, for what link_counts is.
const afterAll = math.MaxInt64

// readTotals reads what changed from the day numbered first on, and what was before, by day. A day ended as the next one in
// total_days began.
func readTotals(ctx context.Context, db querier, owner string, first int64) ([]shardDay, error) {
	rows, err := db.QueryContext(ctx, selectTotals, owner, first, int64(afterAll))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var ends []shardDay
	before := shardDay{shard: -1} // none
	for rows.Next() {
		var began shardDay
		if err := rows.Scan(&began.shard, &began.day, &began.Links, &began.Valid, &began.Invalid, &began.Pending, &began.Failing, &began.Moved); err != nil {
			return nil, err
		}
		if before.shard == began.shard {
			ends = append(ends, shardDay{before.shard, before.day, began.Totals})
		}
		before = began
	}
	slices.SortFunc(ends, func(a, b shardDay) int { return cmp.Compare(a.day, b.day) })
	return ends, rows.Err()
}

// foldTotals has each shard stay as it was until it changes.
func foldTotals(changes []shardDay, first, today int64) []Totals {
	var days []Totals
	standing := map[int64]Totals{}
	next := 0
	for day := first; day <= today; day++ {
		for ; next < len(changes) && changes[next].day <= day; next++ {
			standing[changes[next].shard] = changes[next].Totals
		}
		if next == 0 {
			continue // nothing is known yet
		}
		sum := Totals{Date: dateOf(day)}
		for _, t := range standing {
			sum.Links += t.Links
			sum.Valid += t.Valid
			sum.Invalid += t.Invalid
			sum.Pending += t.Pending
			sum.Failing += t.Failing
			sum.Moved += t.Moved
		}
		sum.Failing = onlyFailing(sum.Failing, sum.Invalid)
		days = append(days, sum)
	}
	return days
}

// ForgetTotals removes days that are older than DaysKept, but for the newest of them, which later ones are like until
// something changes: at most limit. It returns how many.
func (s *Store) ForgetTotals(ctx context.Context, limit int) (forgotten int, err error) {
	return s.execute(ctx, "forget totals", `
			DELETE FROM total_days
			WHERE (owner, shard, day) IN (
				SELECT owner, shard, day
				FROM total_days old
				WHERE day < $1
				  AND EXISTS (SELECT 1 FROM total_days t WHERE t.owner = old.owner AND t.shard = old.shard AND t.day > old.day AND t.day <= $1)
				ORDER BY day
				LIMIT $2)`, s.firstDay(), max(limit, 0))
}
