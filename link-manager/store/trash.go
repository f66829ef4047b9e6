package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// TrashKept is how long a link is kept in the trash.
const TrashKept = 30 * 24 * time.Hour

// Trashed is a link in its owner's trash. Its Standing is what it showed when it went there, in brief.
type Trashed struct {
	link.Link
	TrashedAt time.Time
	// Act is what deleted it together with others (TrashTogether); empty if it was deleted by itself.
	Act string
}

// thrown is a row of trash: all that makes a link but its target, which may be forgotten meanwhile.
type thrown struct {
	saved
	at  time.Time
	act string
}

const trashColumns = `
	id, owner, target_url, url, title, description, tags, status, reason, overrule, contested, frozen, moved, revision,
	linked_at, muted_at, unmuted_at, created_at, updated_at, trashed_at, act, told_check`

// scanThrown reads trashColumns.
func scanThrown(row interface{ Scan(...any) error }) (thrown, error) {
	var l thrown
	var tags string
	err := row.Scan(
		&l.ID, &l.Owner, &l.targetURL, &l.URL, &l.Title, &l.Description, &tags, &l.Status, &l.Reason,
		&l.Overrule, &l.contested, standing{&l.frozen}, &l.moved, &l.Revision,
		instant{&l.linkedAt}, instant{&l.mutedAt}, instant{&l.unmutedAt}, instant{&l.CreatedAt}, instant{&l.UpdatedAt}, instant{&l.at}, &l.act, &l.told)
	l.Tags = splitTags(tags)
	return l, err
}

// Trash moves a link of the owner to their trash, where it stays for TrashKept. To its target it is like Delete. It fails
// with link.ErrNotFound like Get, and with ErrChanged if the link is not what is expected.
func (s *Store) Trash(ctx context.Context, owner, id string, expect Expect) error {
	return s.trash(ctx, owner, id, "", expect)
}

// TrashTogether is Trash for one of the links that are deleted by one act, for which its caller made an id as ours are.
// TrashedTogether tells what it deleted.
func (s *Store) TrashTogether(ctx context.Context, owner, id, act string) error {
	if !isID(act) {
		return fmt.Errorf("trash link: %q is no id of an act", act)
	}
	return s.trash(ctx, owner, id, act, nil)
}

func (s *Store) trash(ctx context.Context, owner, id, act string, expect Expect) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		l, t, err := s.lockSaved(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if err := expect.of(l.Link); err != nil {
			return err
		}
		if l.Overrule != link.Muted {
			known := l.known(t)
			l.frozen = &known
		}
		now := s.now()
		_, err = tx.ExecContext(ctx, `
			INSERT INTO trash (`+trashColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
			l.ID, l.Owner, l.targetURL, l.URL, l.Title, l.Description, strings.Join(l.Tags, ","), l.Status, l.Reason,
			l.Overrule, l.contested, standing{&l.frozen}, number(l.moved), l.Revision,
			micros(l.linkedAt), micros(l.mutedAt), micros(l.unmutedAt), micros(l.CreatedAt), micros(l.UpdatedAt), micros(now), act, l.told)
		if err != nil {
			return err
		}
		return remove(ctx, tx, l, now)
	})
	if err != nil {
		return fmt.Errorf("trash link: %w", err)
	}
	return nil
}

// Trashed returns what is in the owner's trash, what came last first; after is the place of the last one of the page before,
// by the time it was trashed.
func (s *Store) Trashed(ctx context.Context, owner string, after Position, limit int) ([]Trashed, error) {
	query, args := `SELECT `+trashColumns+` FROM trash WHERE owner = $1`, []any{owner, max(limit, 0)}
	if after != (Position{}) {
		query += ` AND (trashed_at, id) < ($3, $4)`
		args = append(args, micros(after.At), after.ID)
	}
	list := []Trashed{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, query+` ORDER BY trashed_at DESC, id DESC LIMIT $2`, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			l, err := scanThrown(rows)
			if err != nil {
				return err
			}
			list = append(list, Trashed{l.Link, l.at, l.act})
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list trash: %w", err)
	}
	return list, nil
}

// TrashedTogether returns the ids of what an act deleted and is in the owner's trash still; nil if that is nothing.
func (s *Store) TrashedTogether(ctx context.Context, owner, act string) (ids []string, err error) {
	if !isID(act) {
		return nil, nil
	}
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `SELECT CAST(id AS TEXT) FROM trash WHERE owner = $1 AND act = $2 AND act <> '' ORDER BY id`, owner, act)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for ids = nil; rows.Next(); {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list what was deleted together: %w", err)
	}
	return ids, nil
}

// PurgeTrash removes a link from the owner's trash for good. It fails with link.ErrNotFound if it is not there.
func (s *Store) PurgeTrash(ctx context.Context, owner, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, err := takeOut(ctx, tx, owner, id); err != nil {
			return err
		}
		return forgetNumber(ctx, tx, owner, id)
	})
	if err != nil {
		return fmt.Errorf("purge link: %w", err)
	}
	return nil
}

// takeOut removes a link from the trash and returns it.
func takeOut(ctx context.Context, tx querier, owner, id string) (thrown, error) {
	if !isID(id) {
		return thrown{}, link.ErrNotFound
	}
	l, err := scanThrown(tx.QueryRowContext(ctx, `DELETE FROM trash WHERE owner = $1 AND id = $2 RETURNING `+trashColumns, owner, id))
	if none(err) {
		err = link.ErrNotFound
	}
	return l, err
}

// ForgetTrash removes what has been in any trash for TrashKept, at most limit links, and returns how many.
func (s *Store) ForgetTrash(ctx context.Context, limit int) (forgotten int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		gone, err := takeOutOld(ctx, tx, s.now().Add(-TrashKept), max(limit, 0))
		if err != nil {
			return err
		}
		forgotten = len(gone)
		return s.each(ctx, tx, gone, "owner text, id text", `
			DELETE FROM numbers
			WHERE kind = $2 AND (owner, name) IN (SELECT g.owner, g.id FROM %s AS g)`, numberedLink)
	})
	if err != nil {
		return 0, fmt.Errorf("forget trash: %w", err)
	}
	return forgotten, nil
}

// takeOutOld removes what came into a trash at that time or before, and returns the owners and ids.
func takeOutOld(ctx context.Context, tx querier, at time.Time, limit int) (gone []any, err error) {
	rows, err := tx.QueryContext(ctx, `
		DELETE FROM trash
		WHERE id IN (SELECT id FROM trash WHERE trashed_at <= $1 ORDER BY trashed_at LIMIT $2)
		RETURNING owner, CAST(id AS TEXT)`, micros(at), limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var owner, id string
		if err := rows.Scan(&owner, &id); err != nil {
			return nil, err
		}
		gone = append(gone, map[string]string{"owner": owner, "id": id})
	}
	return gone, rows.Err()
}
