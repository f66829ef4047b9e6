package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// otherLink is a link that stands in the way of another: it leads already where that is to lead.
type otherLink struct{ ID, Label string }

// goToOther shows a link with the offer to make one of it and the other that its owner has to its new address.
func goToOther(w http.ResponseWriter, r *http.Request, id string, had *link.DuplicateError) error {
	http.Redirect(w, r, "/links/"+url.PathEscape(id)+"?"+url.Values{"other": {had.Existing.ID}}.Encode(), http.StatusSeeOther)
	return nil
}

// other is the link with that id that stands in the way of l; nil if there is none.
func (p *pages) other(r *http.Request, owner, id string, l link.Link) (*otherLink, error) {
	if id == "" || id == l.ID {
		return nil, nil //nolint:nilnil // there is none
	}
	found, err := p.Store.Get(r.Context(), owner, id)
	if errors.Is(err, link.ErrNotFound) {
		return nil, nil //nolint:nilnil // it is gone meanwhile, and in nobody's way
	}
	if err != nil {
		return nil, err
	}
	return &otherLink{found.ID, newRow(found, p.Now(), "/").Label}, nil
}

// joinLink gives the tags of a link to the other one that is named, and its title and description if that has none, and moves
// it to the trash, from where the next page can take it back.
func (p *pages) joinLink(w http.ResponseWriter, r *http.Request, owner string) error {
	into, err := formValue(r, "into")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	from, err := p.Store.Get(r.Context(), owner, id)
	if err != nil {
		return err
	}
	to, err := p.Store.Get(r.Context(), owner, into)
	if err != nil {
		return err
	}
	if from.ID == to.ID {
		return &link.FieldError{Field: "into", Problem: "it is the same link"}
	}
	patch := store.Patch{AddTags: from.Tags}
	if to.Title == "" {
		patch.Title = &from.Title
	}
	if to.Description == "" {
		patch.Description = &from.Description
	}
	if _, err := p.Store.Update(r.Context(), owner, to.ID, patch); err != nil {
		return err
	}
	if err := p.Store.Trash(r.Context(), owner, id, nil); err != nil {
		return err
	}
	http.Redirect(w, r, "/links/"+url.PathEscape(to.ID)+"?"+url.Values{"joined": {id}}.Encode(), http.StatusSeeOther)
	return nil
}
