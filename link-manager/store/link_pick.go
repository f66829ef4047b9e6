package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// Pick says which of an owner's links are wanted by programs that leave out as many as they have seen, and count all there
// are. Whoever can ask from a position on asks List, which does not take longer for the last page.
type Pick struct {
	// Tags wants links that have all of them, NotTags such that have none of those; as link.NormalizeTags returns them.
	Tags, NotTags []string
	// Untagged wants links without any tag.
	Untagged bool
	// Texts wants links in whose url, title, description or tags the words of each of them stand in a row, the last of which
	// may be the beginning of one; NotTexts such in which none of them do. A text without a word stands nowhere.
	Texts, NotTexts []string
	// AddedAfter and AddedBefore bound when links were saved, ChangedAfter when their owner last changed them; zero is no bound.
	AddedAfter, AddedBefore, ChangedAfter time.Time
	// After wants links that come after this one, newest first; zero starts at the newest. It asks for OrderNewest.
	After Position
	// Order is the order in which they are wanted.
	Order Order
	// Offset is how many of the first are left out, Limit the most that are wanted; both are 0 or more.
	Offset, Limit int
}

// Order is an order of links.
type Order int

// The orders of Pick.
const (
	OrderNewest Order = iota
	OrderOldest
	OrderLastChanged
	OrderFirstChanged
)

func (o Order) clause() string {
	return []string{"l.created_at DESC, l.id DESC", "l.created_at, l.id", "l.updated_at DESC, l.id DESC", "l.updated_at, l.id"}[o]
}

// Pick returns the owner's links that are picked; never nil.
func (s *Store) Pick(ctx context.Context, owner string, p Pick) ([]link.Link, error) {
	list := []link.Link{}
	if !p.storable() || p.Limit <= 0 {
		return list, nil
	}
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		list, err = p.list(ctx, db, owner)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("pick links: %w", err)
	}
	return list, nil
}

func (p Pick) list(ctx context.Context, db querier, owner string) ([]link.Link, error) {
	list := []link.Link{}
	conditions, args := p.conditions(owner)
	rows, err := db.QueryContext(ctx, selectSaved+conditions+fmt.Sprintf("\n\tORDER BY %s LIMIT $%d OFFSET $%d", p.Order.clause(), len(args)+1, len(args)+2),
		append(args, p.Limit, max(p.Offset, 0))...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		l, err := scanSaved(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, l.Link)
	}
	return list, rows.Err()
}

// Picked is how many of the owner's links are picked, whatever Offset, Limit and After are.
func (s *Store) Picked(ctx context.Context, owner string, p Pick) (int, error) {
	if !p.storable() {
		return 0, nil
	}
	p.After = Position{}
	conditions, args := p.conditions(owner)
	n, err := s.count(ctx, `SELECT count(*) FROM links l WHERE l.owner = $1`+conditions, args...)
	if err != nil {
		return 0, fmt.Errorf("count picked links: %w", err)
	}
	return n, nil
}

// PickedDays is how many of the owner's links that are picked were saved on each day, which begins in UTC, newest first.
func (s *Store) PickedDays(ctx context.Context, owner string, p Pick) ([]DayCount, error) {
	days := []DayCount{}
	if !p.storable() {
		return days, nil
	}
	p.After = Position{}
	conditions, args := p.conditions(owner)
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, fmt.Sprintf(`
			SELECT l.created_at / %[1]d AS day, count(*)
			FROM links l
			WHERE l.owner = $1%[2]s
			GROUP BY l.created_at / %[1]d
			ORDER BY day DESC`, (24*time.Hour).Microseconds(), conditions), args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var day int64
			var d DayCount
			if err := rows.Scan(&day, &d.Links); err != nil {
				return err
			}
			d.Day = time.Unix(day*24*60*60, 0).UTC()
			days = append(days, d)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("count links by day: %w", err)
	}
	return days, nil
}

// DayCount is a day and how many links were saved on it.
type DayCount struct {
	Day   time.Time
	Links int
}

// storable reports whether a link can have the texts asked for at all; PostgreSQL would refuse to look for others.
func (p Pick) storable() bool {
	for _, texts := range [][]string{p.Tags, p.NotTags, p.Texts, p.NotTexts} {
		for _, text := range texts {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return false
			}
		}
	}
	return true
}

// beginning is a LIKE for a search text in which the words of a text stand in a row, the last of which may go on; ok
// means that there is a word. Nothing in it needs an escape: words are letters and digits.
func beginning(text string) (like string, ok bool) {
	words := search.Words(text)
	return "% " + strings.Join(words, " ") + "%", len(words) > 0
}

// conditions are what follows WHERE l.owner = $1, and all arguments.
func (p Pick) conditions(owner string) (string, []any) {
	var q strings.Builder
	args := []any{owner}
	where := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i, value := range values {
			args = append(args, value)
			numbers[i] = len(args)
		}
		fmt.Fprintf(&q, "\n\tAND "+condition, numbers...)
	}
	for _, tag := range p.Tags {
		where(`l.id IN (SELECT g.link_id FROM link_tags g WHERE g.owner = $1 AND g.tag = $%d)`, tag)
	}
	for _, tag := range p.NotTags {
		where(`NOT EXISTS (SELECT 1 FROM link_tags g WHERE g.link_id = l.id AND g.tag = $%d)`, tag)
	}
	if p.Untagged {
		where(`NOT EXISTS (SELECT 1 FROM link_tags g WHERE g.link_id = l.id)`)
	}
	for _, text := range p.Texts {
		if like, ok := beginning(text); ok {
			where(`l.search_text LIKE $%d`, like)
		} else {
			where(`1 = 0`)
		}
	}
	for _, text := range p.NotTexts {
		if like, ok := beginning(text); ok {
			where(`l.search_text NOT LIKE $%d`, like)
		}
	}
	for _, bound := range []struct {
		condition string
		at        time.Time
	}{{`l.created_at > $%d`, p.AddedAfter}, {`l.created_at < $%d`, p.AddedBefore}, {`l.updated_at > $%d`, p.ChangedAfter}} {
		if !bound.at.IsZero() {
			where(bound.condition, micros(bound.at))
		}
	}
	if p.After != (Position{}) {
		where(`(l.created_at, l.id) < ($%d, $%d)`, micros(p.After.At), p.After.ID)
	}
	return q.String(), args
}
