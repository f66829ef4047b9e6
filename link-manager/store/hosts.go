package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/manners"
)

// place is when a target is due that has to wait for its host.
type place struct {
	id int64
	at time.Time
}

// hostsOf are the names of the targets' hosts, each once.
func hostsOf(targets []waiting) []string {
	names := make(map[string]bool, len(targets))
	for _, w := range targets {
		names[w.host] = true
	}
	return slices.Collect(maps.Keys(names))
}

// ask asks the hosts for their targets in order, until r.Limit are granted. It returns those, the others with their places
// in line, and how many of the targets it got to.
func (h hosts) ask(targets []waiting, r ClaimRequest, now, leaseUntil time.Time) (granted []waiting, later []place, looked int) {
	for looked < len(targets) && len(granted) < r.Limit {
		w := targets[looked]
		looked++
		asked := h[w.host]
		turn := asked.Turn(now, manners.Check{
			Hurried:    r.Lane == LaneAdded,
			Again:      w.version > 0,
			InLine:     w.inLine,
			LeaseUntil: leaseUntil,
		}, asked.out, r.Manners.Of(w.host))
		if turn.After(now) {
			later = append(later, place{w.id, turn})
			continue
		}
		asked.out++
		granted = append(granted, w)
	}
	return granted, later, looked
}

// selectOut counts the checks that are out of each host in the list $1, at $2. It reads no more of them than there are.
func (d dialect) selectOut() string {
	return fmt.Sprintf(`
		SELECT host, count(*)
		FROM targets
		WHERE check_id IS NOT NULL AND lease_until > $2 AND host IN (SELECT value FROM %s AS list)
		GROUP BY host`, d.list)
}

// countOut finds out how many checks of each locked host are out.
func (s *Store) countOut(ctx context.Context, tx querier, h hosts, now time.Time) error {
	list, err := json.Marshal(slices.Collect(maps.Keys(h)))
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, s.dialect.selectOut(), string(list), micros(now))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var out int
		if err := rows.Scan(&name, &out); err != nil {
			return err
		}
		h[name].out = out
	}
	return rows.Err()
}

// tellHost tells the target's host of an answer, and returns what then speaks against the host. A host that is well is only
// written if it was not.
func (s *Store) tellHost(ctx context.Context, tx querier, t target, result check.Result, under link.Circumstances) (link.Evidence, error) {
	if link.TroubleOf(result.Reason) == link.NoTrouble && result.RetryAfterSeconds <= 0 {
		var troubled bool
		err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM hosts WHERE host = $1 AND trouble <> ''`, t.host).Scan(&troubled)
		if err != nil || !troubled {
			return link.Evidence{}, err
		}
	}
	locked, err := s.lockHosts(ctx, tx, []string{t.host})
	if err != nil {
		return link.Evidence{}, err
	}
	against := locked[t.host].Hear(t.id, result, under)
	return against, s.saveHosts(ctx, tx, locked)
}

// PausedHosts is how many hosts are left alone now, because they asked for it or fail as a whole.
func (s *Store) PausedHosts(ctx context.Context) (int, error) {
	n, err := s.count(ctx, `SELECT count(*) FROM hosts WHERE paused_until > $1 OR held_until > $1`, micros(s.now()))
	if err != nil {
		return 0, fmt.Errorf("count paused hosts: %w", err)
	}
	return n, nil
}

// ForgetHosts forgets at most limit hosts of which nothing needs to be remembered, and returns how many.
func (s *Store) ForgetHosts(ctx context.Context, limit int) (forgotten int, err error) {
	return s.execute(ctx, "forget hosts", `
			DELETE FROM hosts
			WHERE host IN (
				SELECT host
				FROM hosts
				WHERE trouble = '' AND (free_at IS NULL OR free_at < $1)
				  AND (hurried_end IS NULL OR hurried_end < $1) AND (routine_end IS NULL OR routine_end < $1)
				  AND (paused_until IS NULL OR paused_until < $1)
				LIMIT $2`+s.dialect.skipLocked+`)`, micros(s.now()), limit)
}
