package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/search"
)

// statement is SQL in the making, with its arguments.
type statement struct {
	args            []any
	now             time.Time
	frozenCheckedAt string
}

// arg is the placeholder of a value.
func (s *statement) arg(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

// condition says the node in SQL, of a link l and its target t. It is never NULL, so that NOT is its opposite.
func (s *statement) condition(n search.Node) string {
	switch n := n.(type) {
	case search.And:
		return s.joined(" AND ", n)
	case search.Or:
		return s.joined(" OR ", n)
	case search.Not:
		return "NOT " + s.condition(n.Node)
	case search.Text:
		return s.like(textPattern(n))
	case search.Tag:
		return s.like("% " + tagWord(n.Name) + " %")
	case search.Host:
		return s.like("% " + hostWord(n.Name) + " %")
	case search.Is:
		return s.is(n.State)
	case search.Reason:
		return s.reason(n.Reasons)
	case search.Code:
		condition := "l.http_status = "
		if n.Low == n.High {
			condition += s.arg(n.Low)
		} else {
			condition = fmt.Sprintf("l.http_status BETWEEN %s AND %s", s.arg(n.Low), s.arg(n.High))
		}
		if n.Low >= 300 {
			condition += " AND l.http_status >= 300" // so that the index can be used
		}
		return "(" + condition + ")"
	case search.Time:
		return s.time(n)
	}
	return "(1 = 0)"
}

func (s *statement) joined(operator string, nodes []search.Node) string {
	conditions := make([]string, len(nodes))
	for i, node := range nodes {
		conditions[i] = s.condition(node)
	}
	return "(" + strings.Join(conditions, operator) + ")"
}

func (s *statement) like(pattern string) string { return "(l.search_text LIKE " + s.arg(pattern) + ")" }

// textPattern is a LIKE for the words in search_text. Nothing in it needs an escape: words are letters and digits.
func textPattern(n search.Text) string {
	pattern := "% " + strings.Join(n.Words, " ") + " %"
	if n.Prefix {
		pattern = strings.TrimSuffix(pattern, " %") + "%"
	}
	switch n.In {
	case "title":
		return "%[" + pattern + "]%"
	case "url":
		return "%]" + pattern + "{%"
	case "description":
		return "%{" + pattern + "}%"
	}
	return pattern
}

func (s *statement) is(state search.State) string {
	switch state {
	case search.Moved:
		return "(l.moved = 1)"
	case search.Failing:
		return "(l.failing_since IS NOT NULL AND l.status <> 'invalid')"
	case search.Untagged:
		return s.like("% " + untaggedWord + " %")
	case search.Muted:
		return "(l.overrule IN ('muted', 'asked'))"
	default:
		return "(l.status = " + s.arg(string(state)) + ")"
	}
}

func (s *statement) reason(reasons []check.Reason) string {
	condition := "l.reason = "
	if len(reasons) == 1 {
		condition += s.arg(string(reasons[0]))
	} else {
		args := make([]string, len(reasons))
		for i, reason := range reasons {
			args[i] = s.arg(string(reason))
		}
		condition = "l.reason IN (" + strings.Join(args, ", ") + ")"
	}
	if reasons[0] != check.OK {
		condition += " AND l.reason <> '' AND l.reason <> 'ok'" // so that the index can be used
	}
	return "(" + condition + ")"
}

func (s *statement) time(n search.Time) string {
	column := map[string]string{"added": "l.created_at", "checked": s.checkedAt(), "failing": "l.failing_since"}[n.What]
	from, until := n.Between(s.now)
	var conditions []string
	if n.What != "added" {
		conditions = append(conditions, column+" IS NOT NULL")
	}
	if !from.IsZero() {
		conditions = append(conditions, column+" >= "+s.arg(from.UnixMicro()))
	}
	if !until.IsZero() {
		conditions = append(conditions, column+" < "+s.arg(until.UnixMicro()))
	}
	return "(" + strings.Join(conditions, " AND ") + ")"
}

// checkedAt is when the newest answer came that the link shows (saved.shown); NULL if none did.
func (s *statement) checkedAt() string {
	return `CASE
		WHEN l.target_version > 0 AND l.overrule NOT IN ('muted', 'asked') THEN CASE
			WHEN t.last_checked_at < l.linked_at THEN l.linked_at
			WHEN t.last_checked_at > l.muted_at AND t.last_checked_at < l.unmuted_at THEN l.unmuted_at
			ELSE t.last_checked_at END
		WHEN ` + s.frozenCheckedAt + ` < l.linked_at THEN l.linked_at
		ELSE ` + s.frozenCheckedAt + ` END`
}
