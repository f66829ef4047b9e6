package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// The limits of saved searches: how many an owner may have, and the characters of a name.
const (
	MaxSearches   = 200
	MaxSearchName = 100
)

// Search is a query that its owner gave a name.
type Search struct {
	// ID is a UUIDv7 in lower case.
	ID string
	// Name is unique among its owner's.
	Name string
	// Query is as it was typed; search.Parse reads it.
	Query                string
	CreatedAt, UpdatedAt time.Time
}

var (
	// ErrSearchNotFound means there is no such saved search for this owner.
	ErrSearchNotFound = errors.New("there is no such search")
	// ErrSearchExists means that the owner has a saved search of this name.
	ErrSearchExists = errors.New("you have a search of this name already; give this one another")
	// ErrTooManySearches means that the owner has MaxSearches.
	ErrTooManySearches = fmt.Errorf("you have %d searches, as many as you may; delete one first", MaxSearches)
)

const searchColumns = `id, name, query, created_at, updated_at`

// AddSearch saves a query under a name. It fails with a *link.FieldError naming name or query, with ErrSearchExists, and
// with ErrTooManySearches.
func (s *Store) AddSearch(ctx context.Context, owner, name, query string) (Search, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Search{}, fmt.Errorf("add search: %w", err)
	}
	added, err := newSearch(id.String(), name, query, s.now())
	if err != nil {
		return Search{}, fmt.Errorf("add search: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM searches WHERE owner = $1`, owner).Scan(&have); err != nil {
			return err
		}
		if have >= MaxSearches {
			return ErrTooManySearches
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO searches (id, owner, name, query, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $5)
			ON CONFLICT (owner, name) DO NOTHING`, added.ID, owner, added.Name, added.Query, micros(added.CreatedAt))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return ErrSearchExists
	})
	if err != nil {
		return Search{}, fmt.Errorf("add search: %w", err)
	}
	return added, nil
}

// newSearch fails with a *link.FieldError.
func newSearch(id, name, query string, now time.Time) (Search, error) {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		return Search{}, &link.FieldError{Field: "name", Problem: "it must not be empty"}
	case n > MaxSearchName:
		return Search{}, &link.FieldError{Field: "name", Problem: fmt.Sprintf("it has %d characters; the most allowed is %d", n, MaxSearchName)}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Search{}, &link.FieldError{Field: "name", Problem: "it holds a control character, or is not valid UTF-8"}
	case strings.ContainsRune(query, 0):
		return Search{}, &link.FieldError{Field: "query", Problem: "it holds a control character"}
	}
	if _, err := search.Parse(query); err != nil {
		return Search{}, &link.FieldError{Field: "query", Problem: err.Error()}
	}
	return Search{ID: id, Name: name, Query: query, CreatedAt: now, UpdatedAt: now}, nil
}

// Searches returns the owner's saved searches, oldest first; never nil.
func (s *Store) Searches(ctx context.Context, owner string) ([]Search, error) {
	list := []Search{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `SELECT `+searchColumns+` FROM searches WHERE owner = $1 ORDER BY created_at, id`, owner)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			found, err := scanSearch(rows)
			if err != nil {
				return err
			}
			list = append(list, found)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list searches: %w", err)
	}
	return list, nil
}

func scanSearch(row interface{ Scan(...any) error }) (found Search, err error) {
	err = row.Scan(&found.ID, &found.Name, &found.Query, instant{&found.CreatedAt}, instant{&found.UpdatedAt})
	return found, err
}

// Search returns one saved search of the owner. It fails with ErrSearchNotFound, also if it is somebody else's or the id
// is not one.
func (s *Store) Search(ctx context.Context, owner, id string) (found Search, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		found, err = findSearch(ctx, db, owner, id)
		return err
	})
	if err != nil {
		return Search{}, fmt.Errorf("get search: %w", err)
	}
	return found, nil
}

func findSearch(ctx context.Context, db querier, owner, id string) (Search, error) {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return Search{}, ErrSearchNotFound
	}
	found, err := scanSearch(db.QueryRowContext(ctx, `SELECT `+searchColumns+` FROM searches WHERE owner = $1 AND id = $2`, owner, id))
	if none(err) {
		return Search{}, ErrSearchNotFound
	}
	return found, err
}

// ChangeSearch gives a saved search another name or query; nil leaves what it has. It fails like Search and AddSearch.
func (s *Store) ChangeSearch(ctx context.Context, owner, id string, name, query *string) (changed Search, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		had, err := findSearch(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		changed = had
		set(&changed.Name, name)
		set(&changed.Query, query)
		if changed == had {
			return nil
		}
		if changed, err = newSearch(id, changed.Name, changed.Query, s.now()); err != nil {
			return err
		}
		changed.CreatedAt = had.CreatedAt
		var taken int
		err = tx.QueryRowContext(ctx, `SELECT count(*) FROM searches WHERE owner = $1 AND name = $2 AND id <> $3`, owner, changed.Name, id).Scan(&taken)
		switch {
		case err != nil:
			return err
		case taken > 0:
			return ErrSearchExists
		}
		_, err = tx.ExecContext(ctx, `UPDATE searches SET name = $3, query = $4, updated_at = $5 WHERE owner = $1 AND id = $2`,
			owner, id, changed.Name, changed.Query, micros(changed.UpdatedAt))
		return err
	})
	if err != nil {
		return Search{}, fmt.Errorf("change search: %w", err)
	}
	return changed, nil
}

// DeleteSearch removes a saved search of the owner. It fails like Search.
func (s *Store) DeleteSearch(ctx context.Context, owner, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, err := findSearch(ctx, tx, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM searches WHERE owner = $1 AND id = $2`, owner, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete search: %w", err)
	}
	return nil
}
