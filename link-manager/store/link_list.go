package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// MaxText is the longest Filter.Text, in bytes.
const MaxText = 1_000

// Filter says which of an owner's links are wanted. The zero Filter wants none, because its Limit is 0.
type Filter struct {
	// Status wants links of this status; empty wants all.
	Status check.Status
	// Tags wants links that have all of them, as link.NormalizeTags returns them.
	Tags []string
	// Text wants links in whose url, title, description or tags every one of its words occurs, in any case.
	Text string
	// After wants links that come after this position; zero starts at the newest.
	After Position
	// Limit is the most links wanted.
	Limit int
}

// Position is a place in the list: that of the link with these.
type Position struct {
	CreatedAt time.Time
	ID        string
}

// List returns the owner's links that the filter wants, newest first; never nil. It fails with a *link.FieldError naming
// q or tag if the filter asks for more than MaxText or link.MaxTags, and naming cursor if After was not taken from a link.
func (s *Store) List(ctx context.Context, owner string, f Filter) ([]link.Link, error) {
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	list := []link.Link{}
	if f.Limit <= 0 || !f.storable() {
		return list, nil
	}
	query, args := f.query(owner)
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			l, err := scanSaved(rows)
			if err != nil {
				return err
			}
			list = append(list, l.Link)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return list, nil
}

func (f Filter) check() error {
	switch {
	case len(f.Text) > MaxText:
		return &link.FieldError{Field: "q", Problem: fmt.Sprintf("it is %d bytes long; the most allowed is %d", len(f.Text), MaxText)}
	case len(f.Tags) > link.MaxTags:
		return &link.FieldError{Field: "tag", Problem: fmt.Sprintf("there are %d tags; the most allowed is %d", len(f.Tags), link.MaxTags)}
	case f.After == Position{}:
		return nil
	}
	if _, err := uuid.Parse(f.After.ID); err != nil || f.After.CreatedAt.IsZero() {
		return &link.FieldError{Field: "cursor", Problem: "it is not one of ours"}
	}
	return nil
}

// storable reports whether a link can have the texts asked for at all; PostgreSQL would refuse to look for others.
func (f Filter) storable() bool {
	for _, text := range append([]string{string(f.Status), f.Text}, f.Tags...) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return true
}

// query is the statement for this filter and its arguments.
func (f Filter) query(owner string) (string, []any) {
	var q strings.Builder
	args := []any{owner}
	where := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i, value := range values {
			args = append(args, value)
			numbers[i] = len(args)
		}
		fmt.Fprintf(&q, "\n\t"+condition, numbers...)
	}
	q.WriteString(selectSaved)
	if f.Status != "" {
		where(`AND l.status = $%d`, f.Status)
	}
	for _, tag := range f.Tags {
		where(`AND l.id IN (SELECT g.link_id FROM link_tags g WHERE g.owner = $1 AND g.tag = $%d)`, tag)
	}
	for _, word := range strings.Fields(strings.ToLower(f.Text)) {
		where(`AND l.search_text LIKE $%d ESCAPE '\'`, "%"+likeEscaper.Replace(word)+"%")
	}
	if f.After != (Position{}) {
		where(`AND (l.created_at, l.id) < ($%d, $%d)`, micros(f.After.CreatedAt), strings.ToLower(f.After.ID))
	}
	where(`ORDER BY l.created_at DESC, l.id DESC LIMIT $%d`, f.Limit)
	return q.String(), args
}

// likeEscaper takes the meaning from the characters that have one in LIKE.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
