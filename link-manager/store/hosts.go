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

// host is a row of hosts that is locked, and how many checks of it are out.
type host struct {
	manners.Host
	out int
}

// hosts are locked hosts by name.
type hosts map[string]*host

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

// lockHosts returns the named hosts, and keeps others from changing them until the transaction ends. All lock in the order
// of names, and targets before hosts, so that nobody waits in a circle.
func (s *Store) lockHosts(ctx context.Context, tx querier, names []string) (hosts, error) {
	locked := make(hosts, len(names))
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		INSERT INTO hosts (host)
		SELECT value FROM %s AS list WHERE true ORDER BY value
		ON CONFLICT (host) DO UPDATE SET host = excluded.host
		RETURNING host, free_at, hurried_end, routine_end, paused_until,
		          held_until, trouble, failed_targets, probes, asking, strikes, first_strike_at, last_strike_at`, s.dialect.list), string(list))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name, failed string
		h := new(host)
		f := &h.Failing
		if err := rows.Scan(&name, instant{&h.FreeAt}, instant{&h.HurriedEnd}, instant{&h.RoutineEnd}, instant{&h.PausedUntil},
			instant{&f.HeldUntil}, &f.Trouble, &failed, &f.Probes, &f.Asking,
			&f.Against.Strikes, instant{&f.Against.FirstStrikeAt}, instant{&f.Against.LastStrikeAt}); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(failed), &f.Targets); err != nil {
			return nil, fmt.Errorf("read host %s: %w", name, err)
		}
		locked[name] = h
	}
	return locked, rows.Err()
}

// countOut finds out how many checks of each locked host are out.
func (s *Store) countOut(ctx context.Context, tx querier, h hosts, now time.Time) error {
	list, err := json.Marshal(slices.Collect(maps.Keys(h)))
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT host, count(*)
		FROM targets
		WHERE check_id IS NOT NULL AND lease_until > $2 AND host IN (SELECT value FROM %s AS list)
		GROUP BY host`, s.dialect.list), string(list), micros(now))
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

// saveHosts writes the locked hosts back.
func (s *Store) saveHosts(ctx context.Context, tx querier, h hosts) error {
	rows := make([]any, 0, len(h))
	for name, known := range h {
		f := known.Failing
		failed, err := json.Marshal(slices.Concat([]int64{}, f.Targets))
		if err != nil {
			return err
		}
		asking := 0
		if f.Asking {
			asking = 1
		}
		rows = append(rows, map[string]any{
			"host": name, "free_at": micros(known.FreeAt), "hurried_end": micros(known.HurriedEnd), "routine_end": micros(known.RoutineEnd),
			"paused_until": micros(known.PausedUntil), "held_until": micros(f.HeldUntil), "trouble": f.Trouble, "failed_targets": string(failed),
			"probes": f.Probes, "asking": asking,
			"strikes": f.Against.Strikes, "first_strike_at": micros(f.Against.FirstStrikeAt), "last_strike_at": micros(f.Against.LastStrikeAt),
		})
	}
	return s.each(ctx, tx, rows, `host text, free_at bigint, hurried_end bigint, routine_end bigint, paused_until bigint, `+
		`held_until bigint, trouble text, failed_targets text, probes bigint, asking bigint, strikes bigint, first_strike_at bigint, last_strike_at bigint`, `
		UPDATE hosts
		SET free_at = list.free_at, hurried_end = list.hurried_end, routine_end = list.routine_end, paused_until = list.paused_until,
		    held_until = list.held_until, trouble = list.trouble, failed_targets = list.failed_targets, probes = list.probes, asking = list.asking,
		    strikes = list.strikes, first_strike_at = list.first_strike_at, last_strike_at = list.last_strike_at
		FROM %s AS list
		WHERE hosts.host = list.host`)
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
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		result, err := tx.ExecContext(ctx, `
			DELETE FROM hosts
			WHERE host IN (
				SELECT host
				FROM hosts
				WHERE trouble = '' AND (free_at IS NULL OR free_at < $1)
				  AND (hurried_end IS NULL OR hurried_end < $1) AND (routine_end IS NULL OR routine_end < $1)
				  AND (paused_until IS NULL OR paused_until < $1)
				LIMIT $2`+s.dialect.skipLocked+`)`, micros(s.now()), limit)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		forgotten = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget hosts: %w", err)
	}
	return forgotten, nil
}
