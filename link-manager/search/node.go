package search

import (
	"strconv"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Node is something that a link fulfils or not: And, Or, Not, Text, Tag, Host, Is, Reason, Code or Time.
type Node interface {
	// write appends the node as it is written in a query.
	write(b *strings.Builder)
}

type (
	// And wants all of two or more nodes, none of which is an And.
	And []Node
	// Or wants one at least of two or more nodes, none of which is an Or.
	Or []Node
	// Not wants what does not fulfil the node.
	Not struct{ Node Node }

	// Text wants words, one or more, one after the other.
	Text struct {
		// In is where: url, title or description; empty means there or in the tags.
		In    string
		Words []string
		// Prefix means that the last word may go on.
		Prefix bool
	}
	// Tag wants a tag, as link.NormalizeTags returns it.
	Tag struct{ Name string }
	// Host wants links to this host or one below it, as link.HostOf returns it.
	Host struct{ Name string }
	// Is wants a state.
	Is struct{ State State }
	// Reason wants links whose status is what it is for one of these reasons.
	Reason struct {
		// Name is the reason, or what several begin with, without _.
		Name string
		// Reasons are those it stands for, one at least.
		Reasons []check.Reason
	}
	// Code wants links whose newest answer had an HTTP status from Low to High.
	Code struct{ Low, High int }
)

// State is what a link is, for is:.
type State string

// The states. Valid, Invalid and Pending are the statuses.
const (
	Valid    State = "valid"
	Invalid  State = "invalid"
	Pending  State = "pending"
	Moved    State = "moved"    // its newest answer redirected for good
	Failing  State = "failing"  // its newest answers are not good, and it is not invalid, or not yet
	Untagged State = "untagged" // without tags
	Muted    State = "muted"    // not checked, because its owner said so
)

var states = []State{Valid, Invalid, Pending, Moved, Failing, Untagged, Muted}

func (n And) write(b *strings.Builder) {
	for i, part := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		writeWithin(b, part)
	}
}

func (n Or) write(b *strings.Builder) {
	for i, part := range n {
		if i > 0 {
			b.WriteString(" or ")
		}
		part.write(b)
	}
}

func (n Not) write(b *strings.Builder) {
	b.WriteByte('-')
	if and, ok := n.Node.(And); ok {
		n.Node = Or{and} // in parentheses too
	}
	writeWithin(b, n.Node)
}

// writeWithin writes a node where an Or would fall apart.
func writeWithin(b *strings.Builder, n Node) {
	if _, ok := n.(Or); ok {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	n.write(b)
}

func (n Text) write(b *strings.Builder) {
	if n.In != "" {
		b.WriteString(n.In + ":")
	}
	if text := strings.Join(n.Words, " "); len(n.Words) > 1 || isOperator(text) {
		writeQuoted(b, text)
	} else {
		b.WriteString(text)
	}
	if n.Prefix {
		b.WriteByte('*')
	}
}

func (n Tag) write(b *strings.Builder) {
	if strings.ContainsAny(n.Name, `()"`) {
		b.WriteString("tag:")
		writeQuoted(b, n.Name)
		return
	}
	b.WriteString("#" + n.Name)
}

func (n Host) write(b *strings.Builder) {
	if strings.Contains(n.Name, ":") {
		b.WriteString("host:[" + n.Name + "]")
		return
	}
	b.WriteString("host:" + n.Name)
}

func (n Is) write(b *strings.Builder) { b.WriteString("is:" + string(n.State)) }

func (n Reason) write(b *strings.Builder) { b.WriteString("reason:" + n.Name) }

func (n Code) write(b *strings.Builder) {
	if n.Low == n.High {
		b.WriteString("code:" + strconv.Itoa(n.Low))
		return
	}
	b.WriteString("code:" + strconv.Itoa(n.Low/100) + "xx")
}

// writeQuoted writes a text as the lexer reads it between quotation marks.
func writeQuoted(b *strings.Builder, text string) {
	b.WriteByte('"')
	b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))
	b.WriteByte('"')
}
