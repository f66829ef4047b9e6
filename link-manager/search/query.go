package search

import "strings"

// The limits of a query: its length in bytes, its terms, and how deep parentheses and nots may stand in each other.
const (
	MaxLength = 1_000
	MaxTerms  = 50
	MaxDepth  = 20
)

// Query is what somebody looks for. The zero Query finds everything.
type Query struct {
	// Root is what a link must fulfil; nil for nothing.
	Root Node
	// Sort is the order; empty means Newest.
	Sort Sort
}

// Sort is an order of links. Links that are alike in it are ordered by their ids.
type Sort string

// The orders.
const (
	Newest      Sort = "-added"
	Oldest      Sort = "added"
	TitleUp     Sort = "title"
	TitleDown   Sort = "-title"
	CheckedUp   Sort = "checked" // never checked, then longest ago first
	CheckedDown Sort = "-checked"
)

var sorts = []Sort{Newest, Oldest, TitleUp, TitleDown, CheckedUp, CheckedDown}

// String is the query as it could be written. Parsed again it gives the same query, unless it is longer than MaxLength.
func (q Query) String() string {
	var b strings.Builder
	if q.Root != nil {
		q.Root.write(&b)
	}
	if q.Sort != "" {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("sort:" + string(q.Sort))
	}
	return b.String()
}

// All is a node that wants all of these; nil if there are none. Nils among them want nothing.
func All(nodes ...Node) Node {
	var all And
	for _, n := range nodes {
		switch n := n.(type) {
		case nil:
		case And:
			all = append(all, n...)
		default:
			all = append(all, n)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// anyOf is a node that wants one of these, of which there is one at least.
func anyOf(nodes []Node) Node {
	var some Or
	for _, n := range nodes {
		if or, ok := n.(Or); ok {
			some = append(some, or...)
		} else {
			some = append(some, n)
		}
	}
	if len(some) == 1 {
		return some[0]
	}
	return some
}
