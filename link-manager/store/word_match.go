package store

import (
	"strings"

	"github.com/linkwell/linkwell/link-manager/search"
)

// wordSyntax is how a full-text index is asked: for words and what they begin with, for two of them, one of them, and one
// without the other.
type wordSyntax struct{ quote, prefix, and, or, not string }

// narrowed is an expression of the full-text index, and whether it finds just what fulfils the node it stands for, or more.
type narrowed struct {
	text  string
	exact bool
}

// match is what the index is asked for an owner's links that may fulfil the node; ok is false if it could only tell all
// of them.
func (w wordSyntax) match(owner string, n search.Node) (found narrowed, ok bool) {
	mine := w.word(ownerWord(owner), false)
	found, ok = w.narrow(mine, n)
	if !ok {
		return narrowed{}, false
	}
	return narrowed{w.join(w.and, []string{mine, found.text}), found.exact}, true
}

func (w wordSyntax) narrow(mine string, n search.Node) (narrowed, bool) {
	switch n := n.(type) {
	case search.Text:
		var words []string
		for i, word := range n.Words {
			words = append(words, w.word(word, n.Prefix && i == len(n.Words)-1))
		}
		return narrowed{w.join(w.and, words), len(n.Words) == 1 && n.In == ""}, true
	case search.Tag:
		return narrowed{w.word(tagWord(n.Name), false), true}, true
	case search.Host:
		return narrowed{w.word(hostWord(n.Name), false), true}, true
	case search.Is:
		return narrowed{w.word(untaggedWord, false), true}, n.State == search.Untagged
	case search.Not:
		found, ok := w.narrow(mine, n.Node)
		if !ok || !found.exact {
			return narrowed{}, false // what it finds too much would be missing
		}
		return narrowed{"(" + mine + w.not + found.text + ")", true}, true
	case search.And:
		return w.every(mine, n)
	case search.Or:
		return w.some(mine, n)
	}
	return narrowed{}, false
}

// every leaves out what the index does not know.
func (w wordSyntax) every(mine string, nodes []search.Node) (narrowed, bool) {
	var parts []string
	exact := true
	for _, node := range nodes {
		found, ok := w.narrow(mine, node)
		exact = exact && ok && found.exact
		if ok {
			parts = append(parts, found.text)
		}
	}
	return narrowed{w.join(w.and, parts), exact}, len(parts) > 0
}

// some is of use only if the index knows all of them.
func (w wordSyntax) some(mine string, nodes []search.Node) (narrowed, bool) {
	var parts []string
	exact := true
	for _, node := range nodes {
		found, ok := w.narrow(mine, node)
		if !ok {
			return narrowed{}, false
		}
		exact = exact && found.exact
		parts = append(parts, found.text)
	}
	return narrowed{w.join(w.or, parts), exact}, true
}

// word needs no escapes: no word has a quotation mark in it.
func (w wordSyntax) word(word string, begins bool) string {
	text := w.quote + word + w.quote
	if begins {
		text += w.prefix
	}
	return text
}

func (w wordSyntax) join(operator string, parts []string) string {
	return "(" + strings.Join(parts, operator) + ")"
}
