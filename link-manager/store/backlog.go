package store

import (
	"context"
	"fmt"
	"time"
)

// Backlog is what waits in the two lanes.
type Backlog struct{ Added, Due LaneBacklog }

// LaneBacklog is what waits in one lane.
type LaneBacklog struct {
	// OldestDue is since when the target waits that has waited longest to be claimed, be it due or its lease over; zero
	// if there is none.
	OldestDue time.Time
	// Outstanding is how many checks are out whose lease has not ended.
	Outstanding int
}

// Backlog returns what waits in each lane. It reads three short ranges of an index per lane.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		if b.Added, err = s.laneBacklog(ctx, db, LaneAdded); err == nil {
			b.Due, err = s.laneBacklog(ctx, db, LaneDue)
		}
		return err
	})
	if err != nil {
		return Backlog{}, fmt.Errorf("read backlog: %w", err)
	}
	return b, nil
}

func (s *Store) laneBacklog(ctx context.Context, db querier, lane Lane) (LaneBacklog, error) {
	var due, expired time.Time
	var b LaneBacklog
	err := db.QueryRowContext(ctx, `
		SELECT (SELECT min(due_at)
		        FROM targets
		        WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at <= $2),
		       (SELECT min(lease_until)
		        FROM targets
		        WHERE lane = $1 AND check_id IS NOT NULL AND lease_until <= $2),
		       (SELECT count(*)
		        FROM targets
		        WHERE lane = $1 AND check_id IS NOT NULL AND lease_until > $2)`,
		lane, micros(s.now())).Scan(instant{&due}, instant{&expired}, &b.Outstanding)
	b.OldestDue = due
	if due.IsZero() || !expired.IsZero() && expired.Before(due) {
		b.OldestDue = expired
	}
	return b, err
}
