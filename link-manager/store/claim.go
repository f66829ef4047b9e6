package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

// Claim is the right to ask for one check of a target, until its lease ends.
type Claim struct {
	// CheckID names the check: 32 lower-case hexadecimal digits, random.
	CheckID  string
	TargetID int64
	URL      string
	// Attempt counts the claims since the last applied result, from 1.
	Attempt int
	// Confirm asks for a GET: the target is not known to be well.
	Confirm    bool
	Lane       Lane
	LeaseUntil time.Time
}

const claimColumns = `targets.check_id, targets.id, targets.url, targets.attempt, targets.status, targets.failing_since`

// Claim takes at most limit targets of the lane that are due or whose lease ended, and returns them after the commit,
// those that waited longest first. From then on only an answer to the new CheckID counts. No two claims under way share a
// target, in whatever process. A claimed target keeps its due time.
//
// Due targets and ended leases queue together, by when they became claimable: otherwise targets whose checks always get
// lost would crowd out the others, or wait for ever behind them.
func (s *Store) Claim(ctx context.Context, lane Lane, limit int, lease time.Duration) ([]Claim, error) {
	if limit <= 0 {
		return nil, nil
	}
	ids := newCheckIDs(limit)
	idList, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var claims []Claim
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		until := now.Add(lease).Truncate(time.Microsecond)
		rows, err := tx.QueryContext(ctx, s.dialect.claim, lane, micros(now), limit, micros(until), string(idList))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		claims = nil
		for rows.Next() {
			claim := Claim{Lane: lane, LeaseUntil: until}
			var status check.Status
			var failingSince time.Time
			if err := rows.Scan(&claim.CheckID, &claim.TargetID, &claim.URL, &claim.Attempt, &status, instant{&failingSince}); err != nil {
				return err
			}
			claim.Confirm = status != check.Valid || !failingSince.IsZero()
			claims = append(claims, claim)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	inOrderOf(ids, claims)
	return claims, nil
}

// inOrderOf sorts the claims like their ids, which were given in order; UPDATE returns rows in no order.
func inOrderOf(ids []string, claims []Claim) {
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(claims, func(a, b Claim) int { return cmp.Compare(place[a.CheckID], place[b.CheckID]) })
}

// newCheckIDs returns n random check_ids.
func newCheckIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = event.NewCheckID()
	}
	return ids
}

// Outstanding is how many checks of the lane are out whose lease has not ended.
func (s *Store) Outstanding(ctx context.Context, lane Lane) (int, error) {
	n, err := s.count(ctx, `
		SELECT count(*)
		FROM targets
		WHERE lane = $1 AND check_id IS NOT NULL AND lease_until > $2`, lane, micros(s.now()))
	if err != nil {
		return 0, fmt.Errorf("count outstanding checks: %w", err)
	}
	return n, nil
}

// Applied is how many results of the lane's checks were applied since then.
func (s *Store) Applied(ctx context.Context, lane Lane, since time.Time) (int, error) {
	n, err := s.count(ctx, `
		SELECT count(*)
		FROM checks
		WHERE lane = $1 AND checked_at >= $2`, lane, since.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("count applied results: %w", err)
	}
	return n, nil
}

func (s *Store) count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		return db.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	return n, err
}
