package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// numbered is a kind of thing that has numbers.
type numbered string

// Number is a number, and when it was given.
type Number struct {
	Number  int64
	GivenAt time.Time
}

const (
	numberedLink numbered = "link"
	numberedTag  numbered = "tag"
)

// LinkNumbers returns the numbers of these links of the owner, by id: whole numbers that count from 1, the owner's own, for
// programs that know links by a number. A link without one gets the next, and keeps it, in the trash too; none is ever
// another link's.
func (s *Store) LinkNumbers(ctx context.Context, owner string, ids []string) (map[string]Number, error) {
	return s.numbers(ctx, owner, numberedLink, ids)
}

// TagNumbers returns the numbers of these tags of the owner, as LinkNumbers does of links. A tag keeps its number when no
// link has it any more.
func (s *Store) TagNumbers(ctx context.Context, owner string, tags []string) (map[string]Number, error) {
	return s.numbers(ctx, owner, numberedTag, tags)
}

// NumberedLink returns the owner's link with this number. It fails with link.ErrNotFound like Get.
func (s *Store) NumberedLink(ctx context.Context, owner string, number int64) (link.Link, error) {
	id, err := s.named(ctx, owner, numberedLink, number)
	if err != nil {
		return link.Link{}, err
	}
	return s.Get(ctx, owner, id)
}

// NumberedTag returns the owner's tag with this number. It fails with link.ErrNotFound if none was given that number.
func (s *Store) NumberedTag(ctx context.Context, owner string, number int64) (string, error) {
	return s.named(ctx, owner, numberedTag, number)
}

func (s *Store) named(ctx context.Context, owner string, kind numbered, number int64) (name string, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		err := db.QueryRowContext(ctx, `SELECT name FROM numbers WHERE owner = $1 AND kind = $2 AND number = $3`, owner, kind, number).Scan(&name)
		if none(err) {
			err = link.ErrNotFound
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("find what has a number: %w", err)
	}
	return name, nil
}

func (s *Store) numbers(ctx context.Context, owner string, kind numbered, names []string) (found map[string]Number, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) (err error) {
		found, err = s.numbersOf(ctx, db, owner, kind, names)
		return err
	})
	if err == nil && len(found) < len(names) {
		err = s.write(ctx, func(ctx context.Context, tx querier) (err error) {
			found, err = s.number(ctx, tx, owner, kind, names)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("number what is shown: %w", err)
	}
	return found, nil
}

// number gives numbers to those that have none, and returns all of them.
func (s *Store) number(ctx context.Context, tx querier, owner string, kind numbered, names []string) (map[string]Number, error) {
	// Whoever numbers for this owner waits here, so that what is found missing next is missing until we have written it.
	var last int64
	err := tx.QueryRowContext(ctx, `
		INSERT INTO last_numbers (owner, kind, number)
		VALUES ($1, $2, 0)
		ON CONFLICT (owner, kind) DO UPDATE SET number = last_numbers.number
		RETURNING number`, owner, kind).Scan(&last)
	if err != nil {
		return nil, err
	}
	found, err := s.numbersOf(ctx, tx, owner, kind, names)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var rows []any
	for _, name := range names {
		if _, known := found[name]; known {
			continue
		}
		last++
		found[name] = Number{last, now}
		rows = append(rows, map[string]any{"number": last, "name": name})
	}
	err = s.each(ctx, tx, rows, "number bigint, name text", `
		INSERT INTO numbers (owner, kind, number, name, given_at)
		SELECT $2, $3, n.number, n.name, $4 FROM %s AS n`, owner, kind, micros(now))
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE last_numbers SET number = $3 WHERE owner = $1 AND kind = $2`, owner, kind, last)
	return found, err
}

// numbersOf are the numbers of those that have one.
func (s *Store) numbersOf(ctx context.Context, db querier, owner string, kind numbered, names []string) (map[string]Number, error) {
	found := make(map[string]Number, len(names))
	list, err := json.Marshal(names)
	if err != nil || len(names) == 0 {
		return found, err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`
		SELECT name, number, given_at FROM numbers WHERE owner = $2 AND kind = $3 AND name IN (SELECT value FROM %s AS list)`, s.dialect.list),
		string(list), owner, kind)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var number Number
		if err := rows.Scan(&name, &number.Number, instant{&number.GivenAt}); err != nil {
			return nil, err
		}
		found[name] = number
	}
	return found, rows.Err()
}

// forgetNumber forgets the number of a link of the owner that is gone for good.
func forgetNumber(ctx context.Context, tx querier, owner, id string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM numbers WHERE owner = $1 AND kind = $2 AND name = $3`, owner, numberedLink, id)
	return err
}
