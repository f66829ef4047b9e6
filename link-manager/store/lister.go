package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

const (
	// few is how many links that the full-text index finds are sorted without trying anything else first.
	few = 2_000
	// window is how many links, in the order of the list, are tried before all that the full-text index finds is sorted. A
	// word that fills a page from fewer would be found too often by the index, which knows no order.
	window = 10_000
)

// lister reads one page of an owner's links. However many they are, it tries only what one of the indexes offers:
//
//   - those that the full-text index finds, if it can tell soon that they are few; they are sorted;
//   - else the first of those that have what leads keeps in order, if a page can be filled from a window of them, or there
//     are not more than a window;
//   - else all that the full-text index finds.
//
// Each way is one statement, and exact, so that nothing is missing because of what is written meanwhile. What no index
// narrows down is read through in order.
type lister struct {
	store *Store
	owner string
	f     Filter
	order order
	// leads are conditions that an index of its own keeps in the order of the list; rest are the others.
	leads, rest []search.Node
}

func (s *Store) newLister(owner string, f Filter) *lister {
	l := &lister{store: s, owner: owner, f: f, order: f.order()}
	nodes, ok := f.root().(search.And)
	if root := f.root(); !ok && root != nil {
		nodes = search.And{root}
	}
	led := false
	for _, n := range nodes {
		switch {
		case l.order.by == byCreated && isAdded(n):
			l.leads = append(l.leads, n)
		case l.order.by == byCreated && !led && hasIndex(n):
			led = true
			l.leads = append(l.leads, n)
		default:
			l.rest = append(l.rest, n)
		}
	}
	return l
}

// isAdded reports whether the node is about the very time that links are sorted by.
func isAdded(n search.Node) bool {
	t, ok := n.(search.Time)
	return ok && t.What == "added"
}

// hasIndex reports whether there is an index of the links that fulfil the node, in the order in which they were added.
func hasIndex(n search.Node) bool {
	switch n := n.(type) {
	case search.Is:
		return n.State != search.Untagged
	case search.Reason:
		return len(n.Reasons) == 1 && n.Reasons[0] != "ok"
	case search.Code:
		return n.Low == n.High && n.Low >= 300
	}
	return false
}

func (l *lister) list(ctx context.Context, db querier) ([]link.Link, error) {
	if len(l.rest) == 0 && l.order.by != byChecked {
		return l.inOrder(ctx, db, 0)
	}
	words, indexed := l.store.dialect.words.match(l.owner, search.All(l.rest...))
	if l.order.by == byChecked { // there is no index in its order
		if indexed {
			return l.found(ctx, db, words)
		}
		return l.inOrder(ctx, db, 0)
	}
	if indexed {
		findsFew, err := l.findsFew(ctx, db, words)
		switch {
		case err != nil:
			return nil, err
		case findsFew:
			return l.found(ctx, db, words)
		}
	}
	page, err := l.inOrder(ctx, db, window)
	if err != nil || len(page) == l.f.Limit {
		return page, err
	}
	more, err := l.moreThanWindow(ctx, db)
	switch {
	case err != nil:
		return nil, err
	case more && indexed:
		return l.found(ctx, db, words)
	}
	return l.inOrder(ctx, db, 0)
}

func (l *lister) statement() *statement {
	return &statement{args: []any{l.owner}, now: l.store.now(), frozenCheckedAt: l.store.dialect.frozenCheckedAt}
}

// within is the condition for all that comes after the position and has what leads.
func (l *lister) within(s *statement) string {
	condition := "l.owner = $1"
	for _, n := range l.leads {
		condition += " AND " + s.condition(n)
	}
	return l.past(s, condition)
}

// past is the condition for those among others that come after the position.
func (l *lister) past(s *statement, condition string) string {
	if l.f.After != (Position{}) {
		condition += " AND " + l.order.after(s, l.f.After)
	}
	return condition
}

// rests are the other conditions, each after an AND.
func (l *lister) rests(s *statement) string {
	var b strings.Builder
	for _, n := range l.rest {
		b.WriteString(" AND " + s.condition(n))
	}
	return b.String()
}

// moreThanWindow reports whether more links than a window are in range.
func (l *lister) moreThanWindow(ctx context.Context, db querier) (bool, error) {
	s := l.statement()
	query := "SELECT 1 FROM links l WHERE " + l.within(s) + l.order.clause(s) + fmt.Sprintf(" LIMIT 1 OFFSET %d", window)
	var one int
	err := db.QueryRowContext(ctx, query, s.args...).Scan(&one)
	if none(err) {
		return false, nil
	}
	return err == nil, err
}

// inOrder reads the range in order, all of it or, if most is not zero, its first links.
func (l *lister) inOrder(ctx context.Context, db querier, most int) ([]link.Link, error) {
	s := l.statement()
	if most == 0 {
		return l.page(ctx, db, s, "links l", l.within(s)+l.rests(s))
	}
	first := "(SELECT * FROM links l WHERE " + l.within(s) + l.order.clause(s) + fmt.Sprintf(" LIMIT %d) l", most)
	return l.page(ctx, db, s, first, "l.owner = $1"+l.rests(s))
}

// findsFew reports whether the full-text index finds few links. It says no where the index cannot tell without finding all.
func (l *lister) findsFew(ctx context.Context, db querier, words narrowed) (bool, error) {
	if l.store.dialect.countHits == "" {
		return false, nil
	}
	var n int
	err := db.QueryRowContext(ctx, fmt.Sprintf(l.store.dialect.countHits, few), words.text).Scan(&n)
	return n < few, err
}

// found reads what the full-text index finds, which knows the owner too.
func (l *lister) found(ctx context.Context, db querier, words narrowed) ([]link.Link, error) {
	s := l.statement()
	hits := fmt.Sprintf(l.store.dialect.hits, s.arg(words.text))
	if words.exact && len(l.leads) == 0 {
		// Nothing but the order is read of each; whether they are the owner's is asked once more of those on the page.
		return l.page(ctx, db, s, hits, l.past(s, "1 = 1"))
	}
	return l.page(ctx, db, s, hits, l.within(s)+l.rests(s))
}

// page reads the first of the links that are from there and fulfil the conditions.
func (l *lister) page(ctx context.Context, db querier, s *statement, from, conditions string) ([]link.Link, error) {
	order := l.order.clause(s)
	if strings.Contains(conditions+order, "t.") { // else there is nothing in the targets that makes a difference
		from += " JOIN targets t ON t.id = l.target_id"
	}
	query := "WITH page AS MATERIALIZED (SELECT l.id FROM " + from + " WHERE " + conditions + order + " LIMIT " + s.arg(l.f.Limit) + ")" +
		"\nSELECT " + savedColumns +
		"\nFROM page CROSS JOIN links l JOIN targets t ON t.id = l.target_id" +
		"\nWHERE l.id = page.id AND l.owner = $1" + order
	rows, err := db.QueryContext(ctx, query, s.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	list := []link.Link{}
	for rows.Next() {
		l, err := scanSaved(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, l.Link)
	}
	return list, rows.Err()
}
