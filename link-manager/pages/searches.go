package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// searchesPage is the owner's saved searches, to be renamed and deleted.
type searchesPage struct {
	frame
	Searches []savedSearch
	// Problem is what is wrong with a new name, Typed, for the search Renamed, of this id.
	Problem, Typed, Renamed string
}

// savedSearch is one of them, and the address of what it finds.
type savedSearch struct {
	store.Search
	Href string
	// Draft is what the field for another name begins with, and Wrong says that it cannot be the name.
	Draft string
	Wrong bool
}

func (p *pages) listSearches(w http.ResponseWriter, r *http.Request, owner string) error {
	page := searchesPage{frame: p.frame(r, "Saved searches")}
	asked := r.URL.Query()
	if name := asked.Get("deleted"); name != "" {
		page.Notice = "The search " + name + " is deleted."
		page.Undo, page.UndoFields = "/searches", []field{{"name", name}, {"q", asked.Get("q")}}
	}
	return p.writeSearches(w, r, owner, http.StatusOK, page)
}

func (p *pages) writeSearches(w http.ResponseWriter, r *http.Request, owner string, status int, page searchesPage) error {
	saved, err := p.Store.Searches(r.Context(), owner)
	if err != nil {
		return err
	}
	for _, s := range saved {
		shown := savedSearch{Search: s, Href: listAddress(s.Query, ""), Draft: s.Name}
		if s.ID == page.Renamed {
			shown.Draft, shown.Wrong = page.Typed, true
		}
		page.Searches = append(page.Searches, shown)
	}
	p.render(w, r, status, "searches", page)
	return nil
}

// saveSearch gives the search in the form a name. What is wrong with the name is told beside it.
func (p *pages) saveSearch(w http.ResponseWriter, r *http.Request, owner string) error {
	name, err := formValue(r, "name")
	if err != nil {
		return err
	}
	saved, err := p.Store.AddSearch(r.Context(), owner, name, r.PostForm.Get("q"))
	if problem := problemOfSearch(err); problem != "" {
		r.URL.RawQuery = url.Values{"q": {r.PostForm.Get("q")}}.Encode() // whose list it is
		page := linksPage{frame: p.frame(r, "Links"), SearchName: name, SearchProblem: problem}
		return p.writeList(w, r, owner, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, listAddress(saved.Query, ""), http.StatusSeeOther)
	return nil
}

// renameSearch gives a saved search another name.
func (p *pages) renameSearch(w http.ResponseWriter, r *http.Request, owner string) error {
	name, err := formValue(r, "name")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	_, err = p.Store.ChangeSearch(r.Context(), owner, id, &name, nil)
	if problem := problemOfSearch(err); problem != "" {
		page := searchesPage{frame: p.frame(r, "Saved searches"), Problem: problem, Typed: r.PostForm.Get("name"), Renamed: id}
		return p.writeSearches(w, r, owner, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/searches", http.StatusSeeOther)
	return nil
}

// deleteSearch deletes a saved search; the next page can save it again.
func (p *pages) deleteSearch(w http.ResponseWriter, r *http.Request, owner string) error {
	id := chi.URLParam(r, "id")
	had, err := p.Store.Search(r.Context(), owner, id)
	if err != nil {
		return err
	}
	if err := p.Store.DeleteSearch(r.Context(), owner, id); err != nil {
		return err
	}
	http.Redirect(w, r, "/searches?"+url.Values{"deleted": {had.Name}, "q": {had.Query}}.Encode(), http.StatusSeeOther)
	return nil
}

// problemOfSearch is why a search could not be saved so, for who can do something about it; empty if that is nobody at the
// page, or nothing is wrong.
func problemOfSearch(err error) string {
	var field *link.FieldError
	switch {
	case errors.As(err, &field):
		return "This cannot be saved: " + field.Error() + "."
	case errors.Is(err, store.ErrSearchExists):
		return "You have a search of this name already; give this one another."
	case errors.Is(err, store.ErrTooManySearches):
		return store.ErrTooManySearches.Error() + "."
	}
	return ""
}
