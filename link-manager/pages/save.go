package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-manager/link"
)

// savePath is where the bookmarklet leads: what is in the address becomes a form, and nothing is saved before somebody
// presses its button.
const savePath = "/add"

// savePage asks whether a page is to be saved.
type savePage struct {
	frame
	Draft   link.Draft
	TagText string
	Problem string
	// Existing is the path of the link to this address that there is already; empty if there is none.
	Existing string
}

func (p *pages) askToSave(w http.ResponseWriter, r *http.Request, owner string) error {
	asked := r.URL.Query()
	page := savePage{
		frame: p.frame(r, "Save a link"), TagText: asked.Get("tags"),
		Draft: link.Draft{URL: asked.Get("url"), Title: asked.Get("title"), Description: asked.Get("description")},
	}
	var field *link.FieldError
	had, err := p.Store.Lookup(r.Context(), owner, withScheme(page.Draft.URL))
	switch {
	case err == nil:
		page.Existing = "/links/" + had.ID
	case !errors.Is(err, link.ErrNotFound) && !errors.As(err, &field): // what is wrong is told when it is to be saved
		return err
	}
	p.render(w, r, http.StatusOK, "save", page)
	return nil
}

// saveLink saves what the form has. What cannot be saved stays in it.
func (p *pages) saveLink(w http.ResponseWriter, r *http.Request, owner string) error {
	typed, err := formValue(r, "url")
	if err != nil {
		return err
	}
	page := savePage{
		frame: p.frame(r, "Save a link"), TagText: r.PostForm.Get("tags"),
		Draft: link.Draft{URL: typed, Title: r.PostForm.Get("title"), Description: r.PostForm.Get("description")},
	}
	draft := page.Draft
	draft.URL, draft.Tags = withScheme(typed), tagsIn(page.TagText)
	var field *link.FieldError
	var duplicate *link.DuplicateError
	added, err := p.Store.Add(r.Context(), owner, draft)
	switch {
	case errors.As(err, &field):
		page.Problem = "This cannot be saved: " + field.Error() + "."
		p.render(w, r, http.StatusUnprocessableEntity, "save", page)
		return nil
	case errors.As(err, &duplicate):
		http.Redirect(w, r, "/links/"+url.PathEscape(duplicate.Existing.ID)+"?had=1", http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	p.Wake()
	http.Redirect(w, r, "/#link-"+added.ID, http.StatusSeeOther)
	return nil
}
