package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// DaysKept is for how many days, today included, Days tells what the checks of a day said.
const DaysKept = 400

// Day is what a target's checks of one day said, in UTC.
type Day struct {
	// Date is when the day began.
	Date time.Time
	// Valid, Invalid and Pending count the answers of each status.
	Valid, Invalid, Pending int
	// DurationMS is how long all of them took together, SlowestMS how long the slowest took, in milliseconds.
	DurationMS, SlowestMS int64
}

// Days returns the days on which the owner's link was checked, newest first, at most DaysKept; never nil. Answers that
// Checks would not show for their age are in them. It fails with link.ErrNotFound like Get.
//
// A day that began before the link led to its target, or on which it was muted or no longer, is counted from the checks
// that are kept, because what was counted before is not the owner's to see.
func (s *Store) Days(ctx context.Context, owner, id string) ([]Day, error) {
	byDay := days{}
	first := s.firstDay()
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		l, err := find(ctx, db, owner, id)
		if err != nil {
			return err
		}
		if err := byDay.addCounted(ctx, db, l, first); err != nil {
			return err
		}
		checks, err := readChecks(ctx, db, l)
		for _, c := range checks {
			if dayOf(c.CheckedAt) >= first {
				byDay.add(c.Result)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read days: %w", err)
	}
	newestFirst := slices.SortedFunc(maps.Values(byDay), func(a, b Day) int { return b.Date.Compare(a.Date) })
	return append([]Day{}, newestFirst...), nil
}

// days are Days by the number of the day (dayOf).
type days map[int64]Day

// add counts one answer, by its CheckedAt.
func (d days) add(r check.Result) {
	number := dayOf(r.CheckedAt)
	day := d[number]
	day.Date = dateOf(number)
	switch r.Status {
	case check.Valid:
		day.Valid++
	case check.Invalid:
		day.Invalid++
	case check.Pending:
		day.Pending++
	}
	took := min(max(r.DurationMS, 0), longestMS)
	day.DurationMS += took
	day.SlowestMS = max(day.SlowestMS, took)
	d[number] = day
}

// longestMS is the longest that a check is counted with, a day: a function that says it took longer is wrong, and would
// make sums that no database holds.
const longestMS = int64(24 * time.Hour / time.Millisecond)

// addCounted adds what is counted of the link's target from the day numbered first on. Days that are not wholly its
// owner's to see are left out.
func (d days) addCounted(ctx context.Context, db querier, l saved, first int64) error {
	rows, err := db.QueryContext(ctx, `
		SELECT day, valid, invalid, pending, duration_ms, slowest_ms
		FROM check_days
		WHERE target_id = $1 AND day >= $2`, l.targetID, first)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var number int64
		var day Day
		if err := rows.Scan(&number, &day.Valid, &day.Invalid, &day.Pending, &day.DurationMS, &day.SlowestMS); err != nil {
			return err
		}
		day.Date = dateOf(number)
		if l.seesAllOf(day.Date) {
			d[number] = day
		}
	}
	return rows.Err()
}

// firstDay is the number of the first day that is told.
func (s *Store) firstDay() int64 { return dayOf(s.now()) - DaysKept + 1 }

// dayOf is the number of the day, in UTC, in which t lies: days since the epoch.
func dayOf(t time.Time) int64 { return t.Unix() / secondsADay }

// dateOf is when the day with this number began.
func dateOf(number int64) time.Time { return time.Unix(number*secondsADay, 0).UTC() }

const secondsADay = int64(24 * time.Hour / time.Second)
