package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// Filter says which of an owner's links are wanted. The zero Filter wants none, because its Limit is 0.
type Filter struct {
	// Status wants links of this status; empty wants all.
	Status check.Status
	// Tags wants links that have all of them, as link.NormalizeTags returns them.
	Tags []string
	// Query wants links that fulfil it, too, and says in which order.
	Query search.Query
	// After wants links that come after this position; zero starts at the first.
	After Position
	// Limit is the most links wanted.
	Limit int
}

// List returns the owner's links that the filter wants, in its order, newest first if it has none; never nil. It fails
// with a *link.FieldError naming tag if there are more than link.MaxTags, and naming cursor if After was not taken from a
// link.
func (s *Store) List(ctx context.Context, owner string, f Filter) ([]link.Link, error) {
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	list := []link.Link{}
	if f.Limit <= 0 || !f.storable() {
		return list, nil
	}
	err := s.read(ctx, func(ctx context.Context, db querier) (err error) {
		list, err = s.newLister(owner, f).list(ctx, db)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return list, nil
}

func (f Filter) check() error {
	if len(f.Tags) > link.MaxTags {
		return &link.FieldError{Field: "tag", Problem: fmt.Sprintf("there are %d tags; the most allowed is %d", len(f.Tags), link.MaxTags)}
	}
	if f.After == (Position{}) {
		return nil
	}
	if _, err := uuid.Parse(f.After.ID); err != nil || !f.order().holds(f.After) {
		return &link.FieldError{Field: "cursor", Problem: "it is not one of ours"}
	}
	return nil
}

// storable reports whether a link can have the texts asked for at all; PostgreSQL would refuse to look for others.
func (f Filter) storable() bool {
	return storable(append([]string{string(f.Status), f.After.Title}, f.Tags...)...)
}

// storable reports whether both databases can hold these texts.
func storable(texts ...string) bool {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return true
}

// root is all that the filter wants of a link; nil for nothing.
func (f Filter) root() search.Node {
	nodes := []search.Node{f.Query.Root}
	if f.Status != "" {
		nodes = append(nodes, search.Is{State: search.State(f.Status)})
	}
	for _, tag := range f.Tags {
		nodes = append(nodes, search.Tag{Name: tag})
	}
	return search.All(nodes...)
}
