package search

import (
	"fmt"
	"unicode/utf8"
)

// Parse reads a query. It fails with an *Error.
func Parse(text string) (Query, error) {
	switch {
	case len(text) > MaxLength:
		return Query{}, &Error{MaxLength, "", fmt.Sprintf("the query is %d bytes long; the most allowed is %d", len(text), MaxLength)}
	case !utf8.ValidString(text):
		return Query{}, &Error{invalidAt(text), "", "the query is not valid UTF-8"}
	}
	p := &parser{lexer: lexer{text: text}}
	if err := p.advance(); err != nil {
		return Query{}, err
	}
	root, err := p.either(0)
	if err != nil {
		return Query{}, err
	}
	if p.token.kind == shut {
		return Query{}, p.wrong("no parenthesis is open here; take it away, or put ( before")
	}
	return Query{Root: root, Sort: p.sort}, nil
}

// invalidAt is where the first byte stands that is not UTF-8.
func invalidAt(text string) int {
	for i, r := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return len(text)
}

// parser reads tokens by recursive descent: either is a list of every, joined by or; every a list of one.
type parser struct {
	lexer lexer
	token token
	terms int
	sort  Sort
}

func (p *parser) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

// wrong is an error about the token.
func (p *parser) wrong(problem string) error {
	return &Error{p.token.offset, p.token.raw, problem}
}

// either reads a list joined by or; nil if it is empty, as only a whole query may be.
func (p *parser) either(depth int) (Node, error) {
	first, err := p.every(depth)
	if err != nil {
		return nil, err
	}
	if p.token.kind != or {
		return first, nil
	}
	if first == nil {
		return nil, p.wrong(`nothing stands before it; write a or b, or "or" to look for the word`)
	}
	nodes := []Node{first}
	for p.token.kind == or {
		here := p.token
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := p.every(depth)
		if err != nil {
			return nil, err
		}
		if next == nil {
			return nil, &Error{here.offset, here.raw, `nothing stands after it; write a or b, or "or" to look for the word`}
		}
		nodes = append(nodes, next)
	}
	return anyOf(nodes), nil
}

// every reads terms that are all wanted; nil if there are none.
func (p *parser) every(depth int) (Node, error) {
	var nodes []Node
	for {
		switch p.token.kind {
		case end, shut, or:
			return All(nodes...), nil
		case and:
			here := p.token
			if len(nodes) == 0 {
				return nil, p.wrong(`nothing stands before it; write a and b, or "and" to look for the word`)
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
			if kind := p.token.kind; kind == end || kind == shut || kind == or || kind == and {
				return nil, &Error{here.offset, here.raw, `nothing stands after it; write a and b, or "and" to look for the word`}
			}
		default:
		}
		node, err := p.one(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
}

// one reads a term, or what stands in parentheses, with its nots; nil for a sort:.
func (p *parser) one(depth int) (Node, error) {
	if depth > MaxDepth {
		return nil, p.wrong(fmt.Sprintf("more than %d parentheses and nots stand in each other", MaxDepth))
	}
	switch here := p.token; here.kind {
	case minus, not:
		if err := p.advance(); err != nil {
			return nil, err
		}
		if kind := p.token.kind; kind == end || kind == shut || kind == or || kind == and {
			return nil, &Error{here.offset, here.raw, `nothing stands after it; write not a, or "not" to look for the word`}
		}
		node, err := p.one(depth + 1)
		if err != nil {
			return nil, err
		}
		return Not{node}, nil
	case open:
		return p.parenthesised(depth)
	default:
		return p.term(depth)
	}
}

func (p *parser) parenthesised(depth int) (Node, error) {
	opened := p.token
	if err := p.advance(); err != nil {
		return nil, err
	}
	node, err := p.either(depth + 1)
	switch {
	case err != nil:
		return nil, err
	case p.token.kind != shut:
		return nil, &Error{opened.offset, opened.raw, "the parenthesis is not closed; put ) where it ends"}
	case node == nil:
		return nil, &Error{opened.offset, p.lexer.text[opened.offset : p.token.offset+1], "nothing stands in the parentheses; take them away"}
	}
	return node, p.advance()
}

// term reads one term; nil for a sort:, which is not about links one by one.
func (p *parser) term(depth int) (Node, error) {
	if p.terms++; p.terms > MaxTerms {
		return nil, p.wrong(fmt.Sprintf("there are more than %d terms", MaxTerms))
	}
	key, value := p.token.split()
	if key == "sort" {
		if err := p.order(depth, value); err != nil {
			return nil, err
		}
		return nil, p.advance()
	}
	node, problem := p.token.node(key, value)
	if problem != "" {
		return nil, p.wrong(problem)
	}
	return node, p.advance()
}

// order reads the value of sort:.
func (p *parser) order(depth int, value string) error {
	switch {
	case depth > 0:
		return p.wrong("a sort: is for the whole query; write it outside of parentheses and not")
	case p.sort != "":
		return p.wrong("there is a sort: already; leave one")
	}
	for _, s := range sorts {
		if value == string(s) {
			p.sort = s
			return nil
		}
	}
	return p.wrong("there is no such order; " + oneOf("sort:", sorts))
}
