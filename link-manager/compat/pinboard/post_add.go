package pinboard

import (
	"errors"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// addPost saves a link. One that is saved already is replaced as a whole, unless replace=no.
func (s *server) addPost(a *answer, given arguments) {
	asked, err := s.readPost(given)
	if err != nil {
		s.failAs(a, "read post", err, a.code)
		return
	}
	switch {
	case asked.URL == "":
		a.code("missing url")
		return
	case asked.Title == "":
		a.code("must provide title")
		return
	}
	ctx, owner := a.r.Context(), s.gate.Owner(a.r.Context())
	l, err := s.store.Add(ctx, owner, asked.Draft)
	var had *link.DuplicateError
	if errors.As(err, &had) {
		if !asked.replace {
			a.code(hasAlready)
			return
		}
		l, err = s.store.Update(ctx, owner, had.Existing.ID, store.Patch{Title: &asked.Title, Description: &asked.Description, Tags: &asked.Tags})
	}
	// Times are told in whole seconds: who sends back what it was told changes nothing.
	if err == nil && !asked.at.IsZero() && !asked.at.Equal(l.CreatedAt.Truncate(time.Second)) {
		_, err = s.store.Redate(ctx, owner, l.ID, asked.at)
	}
	if err != nil {
		s.failAs(a, "add post", err, a.code)
		return
	}
	s.gate.Wake()
	a.code(done)
}

// askedPost is a post that somebody wants to be there.
type askedPost struct {
	link.Draft
	replace bool
	// at is when it was saved; zero means now, or when it was saved first.
	at time.Time
}

// readPost fails with a *link.FieldError.
func (s *server) readPost(given arguments) (p askedPost, err error) {
	p.URL, p.Title, p.Description = given.get("url"), given.get("description"), given.get("extended")
	if p.Tags, err = given.tags("tags"); err != nil {
		return askedPost{}, err
	}
	toRead, err := given.flag("toread", false)
	if err != nil {
		return askedPost{}, err
	}
	p.Tags = unread.Join(p.Tags, toRead)
	if p.replace, err = given.flag("replace", true); err != nil {
		return askedPost{}, err
	}
	if _, err = given.flag("shared", false); err != nil {
		return askedPost{}, err
	}
	if p.at, err = given.moment("dt"); err != nil {
		return askedPost{}, err
	}
	if p.at.After(s.now()) {
		p.at = time.Time{}
	}
	return p, nil
}

// deletePost moves a link to the trash, from where Linkwell can bring it back.
func (s *server) deletePost(a *answer, given arguments) {
	if given.get("url") == "" {
		a.code("missing url")
		return
	}
	ctx, owner := a.r.Context(), s.gate.Owner(a.r.Context())
	l, err := s.store.Lookup(ctx, owner, given.get("url"))
	if err == nil {
		err = s.store.Trash(ctx, owner, l.ID, nil)
	}
	switch {
	case errors.Is(err, link.ErrNotFound):
		a.code(notFound)
	case err != nil:
		s.failAs(a, "delete post", err, a.code)
	default:
		a.code(done)
	}
}
