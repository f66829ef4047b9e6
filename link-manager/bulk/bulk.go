// Package bulk takes one action on many links, for the API and the pages alike. Each link is changed by itself: one that fails
// leaves the others standing, and nobody else waits longer than for one. Several are changed at a time, and share commits.
package bulk

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// MostLinks is on how many links an action is taken at a time.
const MostLinks = 1_000

// Store is what is asked of the store. A foreign id is as unknown as no id at all.
type Store interface {
	List(ctx context.Context, owner string, filter store.Filter) ([]link.Link, error)
	Update(ctx context.Context, owner, id string, patch store.Patch) (link.Link, error)
	CheckNow(ctx context.Context, owner, id string) (link.Link, error)
	Trash(ctx context.Context, owner, id string, expect store.Expect) error
}

// Op is what is done with each link.
type Op string

// What can be done with many links.
const (
	Tag    Op = "tag"
	Check  Op = "check"
	Delete Op = "delete"
)

// Action is what is to be done with each of many links.
type Action struct {
	Op Op
	// AddTags and RemoveTags are for Tag.
	AddTags, RemoveTags []string
}

// Needs are the scopes that somebody must have to take the action on links that a filter finds: these are read, and what was
// found is told.
func (a Action) Needs() []account.Scope {
	needs := []account.Scope{account.Read, account.Write}
	if a.Op == Check {
		needs = append(needs, account.Check)
	}
	return needs
}

// Take takes the action on one link of the owner, and returns it as it is then; nothing of it after Delete, which moves it to
// the trash. It fails like the store.
func (a Action) Take(ctx context.Context, s Store, owner, id string) (link.Link, error) {
	switch a.Op {
	case Tag:
		return s.Update(ctx, owner, id, store.Patch{AddTags: a.AddTags, RemoveTags: a.RemoveTags})
	case Check:
		return s.CheckNow(ctx, owner, id)
	case Delete:
		return link.Link{}, s.Trash(ctx, owner, id, nil)
	default:
		return link.Link{}, fmt.Errorf("there is no action %q", a.Op)
	}
}

// Find returns the owner's links that the filter wants, newest first and most of them at most, and whether there are more.
// They are found before the first of them is changed. Its order and limits are taken from the filter: it means no other
// links, and one by what changes meanwhile could pass some over.
func Find(ctx context.Context, s Store, owner string, f store.Filter, most int) (found []link.Link, more bool, err error) {
	f.Query.Sort, f.After = "", store.Position{}
	for f.Limit = MostLinks; len(found) <= most; {
		page, err := s.List(ctx, owner, f)
		if err != nil {
			return nil, false, err
		}
		found = append(found, page...)
		if len(page) < f.Limit {
			break
		}
		f.After = f.PositionOf(page[len(page)-1])
	}
	if more = len(found) > most; more {
		found = found[:most]
	}
	return found, more, nil
}
