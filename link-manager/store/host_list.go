package store

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-checker/check"
)

// OwnedHost is a host that an owner's links lead to, as they may know it.
type OwnedHost struct {
	Host                           string
	Links, Valid, Invalid, Pending int
	// Failing means that it fails as a whole, and that the owner's own links show it. Paused means that it asked to be left
	// alone, and that one of the owner's links got no answer that decides. Neither tells of anybody else's links.
	Failing, Paused bool
}

// hostFailings is how many failing links of their own an owner has to have there to be told that the host fails as a whole:
// as many as it takes to find that out.
const hostFailings = 5

// OwnedHosts returns at most limit hosts of the owner's links, in one order, from the one after after on; never nil.
func (s *Store) OwnedHosts(ctx context.Context, owner, after string, limit int) ([]OwnedHost, error) {
	list := []OwnedHost{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT o.host, o.links, o.valid, o.invalid, o.pending,
			       o.failing >= $4 AND COALESCE(h.held_until, 0) > $5, o.undecided > 0 AND COALESCE(h.paused_until, 0) > $5
			FROM (
				SELECT t.host AS host, count(*) AS links,
				       sum(CASE WHEN l.status = 'valid' THEN 1 ELSE 0 END) AS valid,
				       sum(CASE WHEN l.status = 'invalid' THEN 1 ELSE 0 END) AS invalid,
				       sum(CASE WHEN l.status = 'pending' THEN 1 ELSE 0 END) AS pending,
				       sum(CASE WHEN l.target_version > 0 AND l.overrule = '' AND t.failing_since IS NOT NULL AND t.last_checked_at >= l.linked_at
				           THEN 1 ELSE 0 END) AS failing,
				       sum(CASE WHEN l.target_version > 0 AND l.overrule = '' AND t.last_status = $6 AND t.last_checked_at >= l.linked_at
				           THEN 1 ELSE 0 END) AS undecided
				FROM links l
				JOIN targets t ON t.id = l.target_id
				WHERE l.owner = $1 AND t.host > $2
				GROUP BY t.host
				ORDER BY t.host
				LIMIT $3) AS o
			LEFT JOIN hosts h ON h.host = o.host
			ORDER BY o.host`, owner, after, max(limit, 0), hostFailings, micros(s.now()), check.Pending)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var h OwnedHost
			if err := rows.Scan(&h.Host, &h.Links, &h.Valid, &h.Invalid, &h.Pending, &h.Failing, &h.Paused); err != nil {
				return err
			}
			list = append(list, h)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list hosts: %w", err)
	}
	return list, nil
}
