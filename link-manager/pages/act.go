package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// What can be done about a link in one click. Each goes back to where it was clicked: to the row in the list, or to the
// page of the link.

func (p *pages) checkLink(w http.ResponseWriter, r *http.Request, owner string) error {
	l, err := p.Store.CheckNow(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	p.Wake()
	return p.goBack(w, r, l)
}

// overruleLink takes the owner's word for it.
func (p *pages) overruleLink(w http.ResponseWriter, r *http.Request, owner string) error {
	say, err := formValue(r, "overrule")
	if err != nil {
		return err
	}
	l, err := p.Store.Update(r.Context(), owner, chi.URLParam(r, "id"), store.Patch{Overrule: &say})
	if err != nil {
		return err
	}
	p.Wake()
	return p.goBack(w, r, l)
}

// deleteLink moves a link to the trash, from where the next page can take it back.
func (p *pages) deleteLink(w http.ResponseWriter, r *http.Request, owner string) error {
	target, err := formValue(r, "back")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	if err := p.Store.Trash(r.Context(), owner, id, nil); err != nil {
		return err
	}
	address, err := url.Parse(back(target))
	if err != nil {
		return err
	}
	query := address.Query()
	query.Set("deleted", id)
	address.RawQuery = query.Encode()
	http.Redirect(w, r, address.String(), http.StatusSeeOther) //nolint:gosec // back makes it one of ours
	return nil
}

// restoreLink brings a link back from the trash. If its owner has saved the same again, it stays there, and they are shown that one.
func (p *pages) restoreLink(w http.ResponseWriter, r *http.Request, owner string) error {
	l, err := p.Store.Restore(r.Context(), owner, chi.URLParam(r, "id"))
	var again *link.DuplicateError
	if errors.As(err, &again) {
		http.Redirect(w, r, "/links/"+url.PathEscape(again.Existing.ID)+"?again=1", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	p.Wake()
	return p.goBack(w, r, l)
}

// goBack shows the link where it was before.
func (p *pages) goBack(w http.ResponseWriter, r *http.Request, l link.Link) error {
	target, err := formValue(r, "back")
	if err != nil {
		return err
	}
	address := "/links/" + l.ID
	if target != address {
		address = back(target) + "#link-" + l.ID
	}
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // back makes it one of ours
	return nil
}
