package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/manners"
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
	// TraceParent is the trace of whoever waits for the check (W3C Trace Context); empty if nobody does.
	TraceParent string
}

// ClaimRequest says what to claim.
type ClaimRequest struct {
	Lane Lane
	// Limit is the most that is claimed; zero or less means nothing.
	Limit int
	// Lease is how long the answers are waited for.
	Lease time.Duration
	// Manners are the rules by which hosts are asked.
	Manners manners.Manners
	// After is the owner whose turn it was last: Claimed.Turn of the claim before. Empty begins anew.
	After string
}

// Claimed is what a claim found.
type Claimed struct {
	Claims []Claim
	// More is true if there may be more that could be claimed now.
	More bool
	// Next is when something that waits in the lane comes due next; zero if nothing does.
	Next time.Time
	// Turn is the owner whose turn it was last.
	Turn string
}

// Claim takes targets of the lane that are due or whose lease ended, and whose host may be asked, and returns them after
// the commit, those that waited longest first. From then on only an answer to the new CheckID counts. No two claims under
// way share a target, in whatever process, and all together keep the manners. A claimed target keeps its due time; one
// whose host may not be asked now is due when its turn comes.
//
// Due targets and ended leases queue together, by when they became claimable: otherwise targets whose checks always get
// lost would crowd out the others, or wait for ever behind them. When more is due than can be claimed, owners take turns.
func (s *Store) Claim(ctx context.Context, r ClaimRequest) (Claimed, error) {
	if r.Limit <= 0 {
		return Claimed{Turn: r.After}, nil
	}
	var claimed Claimed
	err := s.write(ctx, func(ctx context.Context, tx querier) (err error) {
		claimed, err = s.claim(ctx, tx, r)
		return err
	})
	if err != nil {
		return Claimed{}, fmt.Errorf("claim: %w", err)
	}
	return claimed, nil
}

func (s *Store) claim(ctx context.Context, tx querier, r ClaimRequest) (Claimed, error) {
	now := s.now()
	look := r.Limit + lookFurther
	candidates, err := s.waitingLongest(ctx, tx, r.Lane, now, look)
	if err != nil {
		return Claimed{}, err
	}
	full := len(candidates) == look
	if full {
		if candidates, err = s.waitingOfEach(ctx, tx, r, now, candidates); err != nil {
			return Claimed{}, err
		}
	}
	if len(candidates) > r.Limit {
		takeTurns(candidates, r.After)
	}
	claimed, err := s.grant(ctx, tx, r, now, candidates)
	if err != nil {
		return Claimed{}, err
	}
	claimed.More = claimed.More || full
	claimed.Next, err = nextDue(ctx, tx, r.Lane, now)
	return claimed, err
}

// grant claims those of the candidates whose hosts may be asked, and sends the others to their hosts' lines.
func (s *Store) grant(ctx context.Context, tx querier, r ClaimRequest, now time.Time, candidates []waiting) (Claimed, error) {
	if len(candidates) == 0 {
		return Claimed{Turn: r.After}, nil
	}
	hosts, err := s.lockHosts(ctx, tx, hostsOf(candidates))
	if err != nil {
		return Claimed{}, err
	}
	if err := s.countOut(ctx, tx, hosts, now); err != nil {
		return Claimed{}, err
	}
	until := now.Add(r.Lease).Truncate(time.Microsecond)
	granted, later, looked := hosts.ask(candidates, r, now, until)
	if err := s.saveHosts(ctx, tx, hosts); err != nil {
		return Claimed{}, err
	}
	if err := s.sendToLine(ctx, tx, later); err != nil {
		return Claimed{}, err
	}
	claimed := Claimed{More: looked < len(candidates), Turn: r.After}
	if len(candidates) > r.Limit && len(granted) > 0 {
		claimed.Turn = granted[len(granted)-1].owner
	}
	claimed.Claims, err = s.lease(ctx, tx, r.Lane, granted, until)
	return claimed, err
}

// lookFurther is how many more targets are looked at than can be claimed: those whose hosts cannot be asked now cost a look.
const lookFurther = 64

// nextDue is when something in the lane comes due next; zero if nothing does.
func nextDue(ctx context.Context, tx querier, lane Lane, now time.Time) (at time.Time, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT min(due_at)
		FROM targets
		WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at > $2`, lane, micros(now)).Scan(instant{&at})
	return at, err
}

// waiting is a target that could be claimed, for all that its host has to say.
type waiting struct {
	id           int64
	url          string
	host         string
	owner        string
	attempt      int
	status       check.Status
	failingSince time.Time
	version      int64
	inLine       bool
	traceParent  string
	since        time.Time
}

const waitingColumns = `id, url, host, queued_by, attempt, status, failing_since, version, in_line, COALESCE(traceparent, '')`

func scanWaiting(ctx context.Context, tx querier, query string, args ...any) ([]waiting, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []waiting
	for rows.Next() {
		var w waiting
		err := rows.Scan(&w.id, &w.url, &w.host, &w.owner, &w.attempt, &w.status, instant{&w.failingSince}, &w.version, &w.inLine, &w.traceParent, instant{&w.since})
		if err != nil {
			return nil, err
		}
		found = append(found, w)
	}
	return found, rows.Err()
}

const (
	selectDue = `
		SELECT ` + waitingColumns + `, due_at AS since
		FROM targets
		WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at <= $2
		ORDER BY due_at
		LIMIT $3`
	selectExpired = `
		SELECT ` + waitingColumns + `, lease_until AS since
		FROM targets
		WHERE lane = $1 AND check_id IS NOT NULL AND lease_until <= $2
		ORDER BY lease_until
		LIMIT $3`
	selectDueOf = `
		SELECT ` + waitingColumns + `, due_at AS since
		FROM targets
		WHERE lane = $1 AND check_id IS NULL AND owners > 0 AND due_at <= $2 AND queued_by = $4
		ORDER BY due_at
		LIMIT $3`
)

// waitingLongest locks and returns at most limit targets that wait, those that waited longest first.
func (s *Store) waitingLongest(ctx context.Context, tx querier, lane Lane, now time.Time, limit int) ([]waiting, error) {
	due, err := scanWaiting(ctx, tx, selectDue+s.dialect.skipLocked, lane, micros(now), limit)
	if err != nil {
		return nil, err
	}
	expired, err := scanWaiting(ctx, tx, selectExpired+s.dialect.skipLocked, lane, micros(now), limit)
	if err != nil {
		return nil, err
	}
	found := slices.Concat(due, expired)
	sortByAge(found)
	return found[:min(limit, len(found))], nil
}

func sortByAge(found []waiting) {
	slices.SortStableFunc(found, func(a, b waiting) int { return a.since.Compare(b.since) })
}

// lease gives each target a new check_id, to be waited for until then, and returns the claims in the same order.
func (s *Store) lease(ctx context.Context, tx querier, lane Lane, targets []waiting, until time.Time) ([]Claim, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	claims := make([]Claim, len(targets))
	rows := make([]any, len(targets))
	for i, w := range targets {
		claims[i] = Claim{
			CheckID: event.NewCheckID(), TargetID: w.id, URL: w.url, Attempt: w.attempt + 1,
			Confirm: w.status != check.Valid || !w.failingSince.IsZero(),
			Lane:    lane, LeaseUntil: until, TraceParent: w.traceParent,
		}
		rows[i] = map[string]any{"id": w.id, "check_id": claims[i].CheckID}
	}
	return claims, s.each(ctx, tx, rows, "id bigint, check_id text", `
		UPDATE targets
		SET check_id = list.check_id, attempt = attempt + 1, lease_until = $2, in_line = 0
		FROM %s AS list
		WHERE targets.id = list.id`, micros(until))
}

// sendToLine makes targets due when their hosts may be asked for them. What was asked before is not waited for any longer.
func (s *Store) sendToLine(ctx context.Context, tx querier, later []place) error {
	rows := make([]any, len(later))
	for i, p := range later {
		rows[i] = map[string]any{"id": p.id, "due_at": p.at.UnixMicro()}
	}
	return s.each(ctx, tx, rows, "id bigint, due_at bigint", `
		UPDATE targets
		SET due_at = list.due_at, in_line = 1, check_id = NULL, lease_until = NULL
		FROM %s AS list
		WHERE targets.id = list.id`)
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

// Applied is how many results of the lane's checks were applied since then. Those that a clock which was ahead dated later
// than now are not among them.
func (s *Store) Applied(ctx context.Context, lane Lane, since time.Time) (int, error) {
	n, err := s.count(ctx, `
		SELECT count(*)
		FROM checks
		WHERE lane = $1 AND checked_at >= $2 AND checked_at <= $3`, lane, since.UnixMicro(), micros(s.now()))
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
