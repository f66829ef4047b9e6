package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Imported is a link to be saved with many others.
type Imported struct {
	link.Draft
	// CreatedAt is when it was saved elsewhere; zero means now.
	CreatedAt time.Time
	// Line and Name tell which item of a file it is, should there be no room for it.
	Line int
	Name string

	// key and host are its target's; hash is the key's, in hexadecimal; words is its search text, but for the owner.
	key, hash, host, words string
}

// Importable is a link as it will be saved, at that time; zero means now. All that takes thought is done here,
// so that saving it keeps other writers waiting no longer than the database does. It fails with a *link.FieldError if the
// draft cannot be stored.
func (s *Store) Importable(d link.Draft, createdAt time.Time) (Imported, error) {
	d, key, err := s.prepare(d)
	if err != nil {
		return Imported{}, err
	}
	hash, host := sha256.Sum256([]byte(key)), link.HostOf(key)
	return Imported{
		Draft: d, CreatedAt: createdAt, key: key, hash: hex.EncodeToString(hash[:]), host: host, words: searchWords(host, d),
	}, nil
}

// complete gives the link what it lacks and other has. It reports whether there was anything.
func (l *Imported) complete(other link.Draft) (changed bool) {
	if changed = completes(&l.Draft, other); changed {
		l.words = searchWords(l.host, l.Draft)
	}
	return changed
}

// completes gives d what it lacks and other has: title, description, tags. Nothing is overwritten. It reports whether there
// was anything.
func completes(d *link.Draft, other link.Draft) (changed bool) {
	if d.Title == "" && other.Title != "" {
		d.Title, changed = other.Title, true
	}
	if d.Description == "" && other.Description != "" {
		d.Description, changed = other.Description, true
	}
	tags := slices.Concat(d.Tags, other.Tags)
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > len(d.Tags) && len(tags) <= link.MaxTags {
		d.Tags, changed = tags, true
	}
	return changed
}

// addMany saves the links that the owner does not have, and completes those that they have, with few statements. Nobody
// waits for their checks: the i-th is due at due(i) in the routine lane, unless its target is checked sooner anyway. A
// link's owner is told what is known of a target that was checked lately, as with Add. Of new links those come first that
// are first in the list; refused are those, by their place in it, for which the owner has no room, and they are not counted.
func (s *Store) addMany(ctx context.Context, tx querier, owner string, links []Imported, due func(i int) time.Time) (counts ImportCounts, refused []int, err error) {
	if len(links) == 0 {
		return counts, nil, nil
	}
	now := s.now()
	wanted := distinct(links, due)
	had, err := s.savedUnder(ctx, tx, owner, wanted)
	if err != nil {
		return counts, nil, err
	}
	room, err := s.room(ctx, tx, owner)
	if err != nil {
		return counts, nil, err
	}
	var added, completed []*bulkLink
	for _, l := range wanted {
		known, ok := had[l.key]
		if !ok && len(added) == room {
			refused = append(refused, l.items...)
			continue
		}
		counts = counts.plus(l.again)
		switch {
		case !ok:
			l.isNew = true
			added = append(added, l)
		case completes(&known.Draft, l.Draft):
			completed = append(completed, l)
		default:
			counts.Unchanged++
		}
	}
	// Before any link, all targets, in the order of their URLs.
	locked := slices.Concat(added, completed)
	slices.SortFunc(locked, func(a, b *bulkLink) int { return cmp.Compare(a.key, b.key) })
	if err := s.adoptMany(ctx, tx, owner, locked, now); err != nil {
		return counts, nil, err
	}
	if err := s.insertLinks(ctx, tx, owner, added, now); err != nil {
		return counts, nil, err
	}
	if err := s.completeLinks(ctx, tx, owner, completed, now); err != nil {
		return counts, nil, err
	}
	counts.Added, counts.Merged = counts.Added+len(added), counts.Merged+len(completed)
	return counts, refused, nil
}

// bulkLink is one of many links.
type bulkLink struct {
	Imported
	due   time.Time
	isNew bool
	// items are the places in the list at which it comes, and again counts those after the first.
	items []int
	again ImportCounts
	// id is the link's, and target its locked target.
	id     string
	target target
	// owners is how many links want the target checked, this one included.
	owners int
}

// distinct is the links by key, each once: what comes again completes what came first.
func distinct(links []Imported, due func(i int) time.Time) (found []*bulkLink) {
	byKey := make(map[string]*bulkLink, len(links))
	for i, l := range links {
		first, again := byKey[l.key]
		switch {
		case !again:
			first = &bulkLink{Imported: l, due: due(i)}
			byKey[l.key] = first
			found = append(found, first)
		case first.complete(l.Draft):
			first.again.Merged++
		default:
			first.again.Unchanged++
		}
		first.items = append(first.items, i)
	}
	return found
}

// savedUnder finds those of the links that the owner has, by key.
func (s *Store) savedUnder(ctx context.Context, tx querier, owner string, links []*bulkLink) (map[string]*bulkLink, error) {
	hashes := make([]string, len(links))
	for i, l := range links {
		hashes[i] = l.hash
	}
	list, err := json.Marshal(hashes)
	if err != nil {
		return nil, err
	}
	// CROSS JOIN, or SQLite may read all targets to look each up in the list.
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT t.url, l.id, l.url, l.title, l.description,
		       (SELECT string_agg(g.tag, ',') FROM link_tags g WHERE g.link_id = l.id)
		FROM %s AS list
		CROSS JOIN targets t
		CROSS JOIN links l
		WHERE t.url_hash = %s AND l.target_id = t.id AND l.owner = $2`, s.dialect.list, s.dialect.unhex("list.value")), string(list), owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := make(map[string]*bulkLink)
	for rows.Next() {
		l := new(bulkLink)
		var tags *string
		if err := rows.Scan(&l.key, &l.id, &l.URL, &l.Title, &l.Description, &tags); err != nil {
			return nil, err
		}
		if tags != nil {
			l.Tags = splitTags(*tags)
		}
		found[l.key] = l
	}
	return found, rows.Err()
}

// targetRow is a target to be inserted.
type targetRow struct {
	N      int    `json:"n"`
	URL    string `json:"url"`
	Hash   string `json:"hash"`
	Host   string `json:"host"`
	DueAt  int64  `json:"due_at"`
	Owners int    `json:"owners"`
}

// linkRow is a link to be inserted.
type linkRow struct {
	ID          string `json:"id"`
	TargetID    int64  `json:"target_id"`
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description"`
	SearchText  string `json:"search_text"`
	CreatedAt   int64  `json:"created_at"`
}

// tagRow is a tag of a link.
type tagRow struct {
	ID  string `json:"id"`
	Tag string `json:"tag"`
}

// adoptMany is adopt for many links, which are in the order of their keys.
func (s *Store) adoptMany(ctx context.Context, tx querier, owner string, links []*bulkLink, now time.Time) error {
	if len(links) == 0 {
		return nil
	}
	byKey := make(map[string]*bulkLink, len(links))
	list := make([]targetRow, len(links))
	for i, l := range links {
		byKey[l.key] = l
		list[i] = targetRow{N: i, URL: l.key, Hash: l.hash, Host: l.host, DueAt: l.due.UnixMicro()}
		if l.isNew {
			list[i].Owners = 1
		}
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		INSERT INTO targets (url, url_hash, key_version, host, status, lane, due_at, queued_by, owners, created_at)
		SELECT url, %s, CAST($2 AS BIGINT), host, CAST($3 AS TEXT), CAST($4 AS TEXT), due_at, CAST($5 AS TEXT), owners, CAST($6 AS BIGINT)
		FROM %s AS list
		WHERE true
		ORDER BY n
		ON CONFLICT (url_hash) DO UPDATE
		SET owners      = targets.owners + excluded.owners,
		    orphaned_at = CASE WHEN excluded.owners > 0 THEN NULL ELSE targets.orphaned_at END
		RETURNING id, url, owners, last_checked_at, due_at, lane, in_line, COALESCE(check_id, '')`,
		s.dialect.unhex("hash"), s.dialect.table("n bigint, url text, hash text, host text, due_at bigint, owners bigint")),
		string(encoded), link.KeyVersion, check.Pending, LaneDue, owner, micros(now))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var t target
		var owners int
		if err := rows.Scan(&t.id, &t.url, &owners, instant{&t.standing.Last.CheckedAt}, instant{&t.standing.NextCheckAt}, &t.lane, &t.inLine, &t.checkID); err != nil {
			return err
		}
		byKey[t.url].target, byKey[t.url].owners = t, owners
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.informMany(ctx, tx, owner, links, now)
}

// informMany is inform for many links, for which nobody waits: a target that was checked lately settles its link, one that
// nobody wanted checked gets its place in the routine lane, and any other comes no later than that place.
func (s *Store) informMany(ctx context.Context, tx querier, owner string, links []*bulkLink, now time.Time) error {
	var known, queued []any
	for _, l := range links {
		t := &l.target
		waits := t.checkID == "" && !t.inLine
		switch {
		case !l.isNew:
		case t.standing.Fresh(now):
			known = append(known, map[string]any{"id": t.id})
		case waits && l.owners == 1 && !(t.lane == LaneDue && t.standing.NextCheckAt.Equal(l.due)):
			queued = append(queued, map[string]any{"id": t.id, "lane": LaneDue, "due_at": l.due.UnixMicro()})
		case waits && t.standing.NextCheckAt.After(l.due):
			queued = append(queued, map[string]any{"id": t.id, "lane": t.lane, "due_at": l.due.UnixMicro()})
		}
	}
	if err := s.each(ctx, tx, queued, "id bigint, lane text, due_at bigint", `
		UPDATE targets
		SET lane = list.lane, due_at = list.due_at, queued_by = $2, traceparent = NULL
		FROM %s AS list
		WHERE targets.id = list.id`, owner); err != nil {
		return err
	}
	return s.each(ctx, tx, known, "id bigint", `
		INSERT INTO settle_queue (target_id, queued_at)
		SELECT id, CAST($2 AS BIGINT) FROM %s AS list WHERE true
		ON CONFLICT (target_id) DO NOTHING`, micros(now))
}

// insertLinks stores new links to targets that are locked. It fails with errMoved if the owner has one of them after all, or
// no room for them any more.
func (s *Store) insertLinks(ctx context.Context, tx querier, owner string, links []*bulkLink, now time.Time) error {
	if len(links) == 0 {
		return nil
	}
	var full *QuotaError
	switch err := s.claimRoom(ctx, tx, owner, len(links)); {
	case errors.As(err, &full):
		return errMoved
	case err != nil:
		return err
	}
	rows, first := make([]linkRow, len(links)), ownerWord(owner)
	for i, l := range links {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		l.id = id.String()
		created := l.CreatedAt
		if created.IsZero() {
			created = now
		}
		rows[i] = linkRow{
			ID: l.id, TargetID: l.target.id, URL: l.URL, Title: l.Title, Description: l.Description,
			SearchText: first + l.words, CreatedAt: created.UnixMicro(),
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	inserted, err := affected(tx.ExecContext(ctx, fmt.Sprintf(`
		INSERT INTO links (id, owner, target_id, url, title, description, search_text,
		                   status, reason, target_version, linked_at, created_at, updated_at)
		SELECT id, CAST($2 AS TEXT), target_id, url, title, description, search_text,
		       CAST($3 AS TEXT), '', 0, CAST($4 AS BIGINT), created_at, CAST($4 AS BIGINT)
		FROM %s AS list
		WHERE true
		ON CONFLICT (owner, target_id) DO NOTHING`,
		s.dialect.table("id uuid, target_id bigint, url text, title text, description text, search_text text, created_at bigint")),
		string(list), owner, check.Pending, micros(now)))
	if err != nil {
		return err
	}
	if inserted < len(links) {
		return errMoved
	}
	return s.insertTags(ctx, tx, owner, links)
}

// insertTags gives the links those of their tags that they do not have.
func (s *Store) insertTags(ctx context.Context, tx querier, owner string, links []*bulkLink) error {
	var rows []any
	for _, l := range links {
		for _, tag := range l.Tags {
			rows = append(rows, tagRow{l.id, tag})
		}
	}
	return s.each(ctx, tx, rows, "id uuid, tag text", `
		INSERT INTO link_tags (link_id, owner, tag)
		SELECT id, CAST($2 AS TEXT), tag FROM %s AS list WHERE true
		ON CONFLICT (link_id, tag) DO NOTHING`, owner)
}

// completeLinks gives links of the owner what they lack, now that their targets are locked. It fails with errMoved if one of
// them is gone.
func (s *Store) completeLinks(ctx context.Context, tx querier, owner string, links []*bulkLink, now time.Time) error {
	if len(links) == 0 {
		return nil
	}
	had, err := s.savedUnder(ctx, tx, owner, links)
	if err != nil {
		return err
	}
	var rows []any
	var completed []*bulkLink
	for _, l := range links {
		known, ok := had[l.key]
		if !ok {
			return errMoved
		}
		if completes(&known.Draft, l.Draft) {
			completed = append(completed, known)
			rows = append(rows, map[string]any{"id": known.id, "title": known.Title, "description": known.Description, "search_text": searchText(owner, known.Draft)})
		}
	}
	if err := s.each(ctx, tx, rows, "id uuid, title text, description text, search_text text", `
		UPDATE links
		SET title = list.title, description = list.description, search_text = list.search_text, updated_at = $2, revision = links.revision + 1
		FROM %s AS list
		WHERE links.id = list.id AND links.owner = $3`, micros(now), owner); err != nil {
		return err
	}
	return s.insertTags(ctx, tx, owner, completed)
}
