package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end    kind = iota
	open        // (
	shut        // )
	minus       // - right before a term
	bare        // a term without quotation marks
	quoted      // "…" or key:"…"
	and
	or
	not
)

// token is a piece of a query.
type token struct {
	kind   kind
	offset int
	// raw is how it is written, value what a quoted one holds, key what stands before its quotation mark without the colon.
	raw, value, key string
	// star means that a * follows the quotation mark.
	star bool
}

var operators = map[string]kind{"and": and, "or": or, "not": not}

// isOperator reports whether a word has to be quoted to be looked for.
func isOperator(word string) bool {
	_, ok := operators[strings.ToLower(word)]
	return ok
}

// lexer cuts a query into tokens.
type lexer struct {
	text   string
	offset int
}

// next is the next token. It fails with an *Error at a quotation mark that is not closed.
func (l *lexer) next() (token, error) {
	rest := strings.TrimLeftFunc(l.text[l.offset:], unicode.IsSpace)
	l.offset = len(l.text) - len(rest)
	switch {
	case rest == "":
		return token{kind: end, offset: l.offset}, nil
	case rest[0] == '(':
		return l.take(open, 1), nil
	case rest[0] == ')':
		return l.take(shut, 1), nil
	case rest[0] == '"':
		return l.quoted("", 0)
	case rest[0] == '-' && startsTerm(rest[1:]):
		return l.take(minus, 1), nil
	}
	length := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"`, r) })
	if length < 0 {
		length = len(rest)
	}
	if key := strings.TrimSuffix(rest[:length], ":"); len(key) == length-1 && isKey(key) && length < len(rest) && rest[length] == '"' {
		return l.quoted(key, length)
	}
	if kind, ok := operators[strings.ToLower(rest[:length])]; ok {
		return l.take(kind, length), nil
	}
	return l.take(bare, length), nil
}

// startsTerm reports whether a minus before rest belongs to a term.
func startsTerm(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && !unicode.IsSpace(r) && r != ')'
}

// take is a token of the next bytes.
func (l *lexer) take(kind kind, length int) token {
	t := token{kind: kind, offset: l.offset, raw: l.text[l.offset : l.offset+length]}
	l.offset += length
	return t
}

// quoted is a token whose quotation mark stands after that many bytes. A backslash takes its meaning from the next
// character.
func (l *lexer) quoted(key string, before int) (token, error) {
	rest := l.text[l.offset+before:]
	var value strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			value.WriteByte(rest[i])
		case rest[i] == '"':
			length, star := i+1, false
			if strings.HasPrefix(rest[length:], "*") {
				length, star = length+1, true
			}
			t := l.take(quoted, before+length)
			t.key, t.value, t.star = key, value.String(), star
			return t, nil
		default:
			value.WriteByte(rest[i])
		}
	}
	return token{}, &Error{l.offset + before, rest, `the quotation mark is not closed; put another " where the text ends`}
}

// isKey reports whether a word before a colon can be the name of a filter.
func isKey(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') })
}
