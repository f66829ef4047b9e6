package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// TroubledHost is a host in trouble that an owner's links lead to, as they may know it.
type TroubledHost struct {
	Host string
	// Links is how many of the owner's links fail there.
	Links int
	// Failing and Paused are as in OwnedHost; at least one of them is so.
	Failing, Paused bool
	// PausedUntil is until when it asked to be left alone; zero unless it is Paused.
	PausedUntil time.Time
}

// TroubledHosts returns at most limit hosts that fail as a whole or asked to be left alone, and where the owner's own links
// show it, by name; never nil. What it reads grows with how many hosts are in trouble, not with how many links there are.
func (s *Store) TroubledHosts(ctx context.Context, owner string, limit int) ([]TroubledHost, error) {
	list := []TroubledHost{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT o.host, o.links, o.held AND o.links >= $3, o.paused AND o.undecided > 0, o.paused_until
			FROM (
				SELECT h.host, h.held_until IS NOT NULL AS held, COALESCE(h.paused_until, 0) > $2 AS paused, h.paused_until,
				       (SELECT count(*) FROM questions q WHERE q.owner = $1 AND q.host = h.host AND q.question = $4) AS links,
				       (SELECT count(*)
				        FROM questions q
				        JOIN links l ON l.id = q.link_id
				        JOIN targets t ON t.id = l.target_id
				        WHERE q.owner = $1 AND q.host = h.host AND q.question = $4 AND t.last_status = $6 AND t.last_checked_at >= l.linked_at) AS undecided
				FROM hosts h
				WHERE h.host IN (`+heldHosts+` UNION SELECT host FROM hosts WHERE paused_until IS NOT NULL)) AS o
			WHERE o.held AND o.links >= $3 OR o.paused AND o.undecided > 0
			ORDER BY o.host
			LIMIT $5`, owner, micros(s.now()), hostFailings, link.Failing, max(limit, 0), check.Pending)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var h TroubledHost
			if err := rows.Scan(&h.Host, &h.Links, &h.Failing, &h.Paused, instant{&h.PausedUntil}); err != nil {
				return err
			}
			if !h.Paused {
				h.PausedUntil = time.Time{}
			}
			list = append(list, h)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list hosts in trouble: %w", err)
	}
	return list, nil
}

// HostLatency is how long the newest checks of some of an owner's links to one host took, in milliseconds.
type HostLatency struct {
	Host string
	// Links is how many of them there are; MedianMS and SlowestMS are of those.
	Links               int
	MedianMS, SlowestMS int64
}

// Latencies returns how long the newest checks of the owner's newest links took, at most sample of them, by host, the
// slowest median first; never nil. A link whose newest check is not its owner's to see is left out,
// and one for which no request was made.
func (s *Store) Latencies(ctx context.Context, owner string, sample int) ([]HostLatency, error) {
	took := map[string][]int64{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT t.host, c.result
			FROM (
				SELECT target_id, linked_at, unmuted_at
				FROM links
				WHERE owner = $1 AND overrule NOT IN ('muted', 'asked') AND target_version > 0
				ORDER BY created_at DESC, id DESC
				LIMIT $2) AS l
			JOIN targets t ON t.id = l.target_id
			JOIN checks c ON c.target_id = t.id AND c.checked_at = t.last_checked_at
			WHERE t.last_checked_at >= l.linked_at AND t.last_checked_at >= COALESCE(l.unmuted_at, 0)`, owner, max(sample, 0))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var host string
			var text []byte
			var result check.Result
			if err := rows.Scan(&host, &text); err != nil {
				return err
			}
			if err := json.Unmarshal(text, &result); err != nil {
				return fmt.Errorf("read check: %w", err)
			}
			if result.Method != "" { // else nobody was asked
				took[host] = append(took[host], min(max(result.DurationMS, 0), longestMS))
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read latencies: %w", err)
	}
	return slowestFirst(took), nil
}

func slowestFirst(took map[string][]int64) []HostLatency {
	list := []HostLatency{}
	for host, all := range took {
		slices.Sort(all)
		list = append(list, HostLatency{Host: host, Links: len(all), MedianMS: all[(len(all)-1)/2], SlowestMS: all[len(all)-1]})
	}
	slices.SortFunc(list, func(a, b HostLatency) int {
		if a.MedianMS != b.MedianMS {
			return int(b.MedianMS - a.MedianMS)
		}
		return slices.Compare([]byte(a.Host), []byte(b.Host))
	})
	return list
}
