package store

import (
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// Position is a place in a list: that of the link with these.
type Position struct {
	// At is when it was added, or checked, in an order by that; zero if it was never checked.
	At time.Time
	// Title is what it is sorted by, in an order by title.
	Title string
	ID    string
}

// PositionOf is the place of a link in the filter's list.
func (f Filter) PositionOf(l link.Link) Position {
	p := Position{ID: l.ID}
	switch f.order().by {
	case byTitle:
		p.Title = sortTitle(l.Title, l.URL)
	case byChecked:
		p.At = l.Last.CheckedAt
	default:
		p.At = l.CreatedAt
	}
	return p
}

// Holds reports whether a position can be one of the filter's list.
func (f Filter) Holds(p Position) bool { return f.order().holds(p) }

// order is what links are sorted by, and in which direction; links alike in it by their ids, in the same direction.
type order struct {
	by   string
	down bool
}

// What links are sorted by, in SQL; never NULL. byChecked stands for an expression.
const (
	byCreated = "l.created_at"
	byTitle   = "l.sort_title"
	byChecked = "checked"
)

func (f Filter) order() order {
	name, down := strings.CutPrefix(string(f.Query.Sort), "-")
	switch search.Sort(name) {
	case search.TitleUp:
		return order{byTitle, down}
	case search.CheckedUp:
		return order{byChecked, down}
	case search.Oldest:
		return order{byCreated, down}
	default:
		return order{byCreated, true}
	}
}

// holds reports whether a position can be one of this order.
func (o order) holds(p Position) bool {
	switch o.by {
	case byTitle:
		return p.At.IsZero()
	case byChecked:
		return p.Title == ""
	}
	return p.Title == "" && !p.At.IsZero()
}

// key is what is sorted by, in SQL.
func (o order) key(s *statement) string {
	if o.by == byChecked {
		return "COALESCE(" + s.checkedAt() + ", 0)"
	}
	return o.by
}

// clause is the ORDER BY.
func (o order) clause(s *statement) string {
	direction := ""
	if o.down {
		direction = " DESC"
	}
	return " ORDER BY " + o.key(s) + direction + ", l.id" + direction
}

// after is the condition for what comes after the position.
func (o order) after(s *statement, p Position) string {
	compare := " > "
	if o.down {
		compare = " < "
	}
	var value any = p.Title
	if o.by != byTitle {
		value = int64(0)
		if !p.At.IsZero() {
			value = p.At.UnixMicro()
		}
	}
	return "(" + o.key(s) + ", l.id)" + compare + "(" + s.arg(value) + ", " + s.arg(strings.ToLower(p.ID)) + ")"
}
