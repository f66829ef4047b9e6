package linkding

import (
	"context"
	"errors"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// putBookmark changes what the request names; the url it must.
func (s *server) putBookmark(w http.ResponseWriter, r *http.Request) { s.changeBookmark(w, r, true) }

// patchBookmark changes what the request names.
func (s *server) patchBookmark(w http.ResponseWriter, r *http.Request) {
	s.changeBookmark(w, r, false)
}

func (s *server) changeBookmark(w http.ResponseWriter, r *http.Request, urlRequired bool) {
	l, ok := s.wanted(w, r)
	if !ok {
		return
	}
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	f, err := s.readFields(b, urlRequired)
	if err == nil {
		l, err = s.change(r.Context(), l.ID, f)
	}
	if err != nil {
		s.fail(w, r, "change bookmark", err)
		return
	}
	s.gate.Wake()
	s.show(w, r, http.StatusOK, l)
}

// attempts is how often a change is tried whose link is changed by others meanwhile.
const attempts = 5

// change changes a link of the owner. What it is to be like depends on what it was, so it starts anew if that was changed
// meanwhile; it fails with store.ErrChanged if it always was.
func (s *server) change(ctx context.Context, id string, f fields) (l link.Link, err error) {
	owner := s.gate.Owner(ctx)
	for range attempts {
		if l, err = s.store.Get(ctx, owner, id); err != nil {
			return link.Link{}, err
		}
		if l, err = s.store.Update(ctx, owner, id, f.patch(l)); !errors.Is(err, store.ErrChanged) {
			break
		}
	}
	if err == nil && f.added != nil {
		l, err = s.store.Redate(ctx, owner, id, *f.added)
	}
	return l, err
}

// patch is what makes the link what the fields say.
func (f fields) patch(l link.Link) store.Patch {
	p := store.Patch{URL: f.url, Title: f.title, Expect: store.Expect{l.Revision}}
	if f.description != nil || f.notes != nil {
		description := l.Description
		if f.description != nil {
			description = *f.description
		}
		description = withNotes(description, value(f.notes))
		p.Description = &description
	}
	if f.tags != nil || f.unread != nil {
		tags, is := unread.Split(l.Tags)
		if f.tags != nil {
			tags = *f.tags
		}
		if f.unread != nil {
			is = *f.unread
		}
		tags = unread.Join(tags, is)
		p.Tags = &tags
	}
	return p
}

// deleteBookmark moves a link to the trash, from where Linkwell can bring it back.
func (s *server) deleteBookmark(w http.ResponseWriter, r *http.Request) {
	l, ok := s.wanted(w, r)
	if !ok {
		return
	}
	err := s.store.Trash(r.Context(), s.gate.Owner(r.Context()), l.ID, nil)
	switch {
	case errors.Is(err, link.ErrNotFound):
		detail(w, http.StatusNotFound, "No Bookmark matches the given query.")
	case err != nil:
		s.fail(w, r, "delete bookmark", err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
