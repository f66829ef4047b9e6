package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// editLink changes what the form has; what it leaves out stays. What is wrong with it is told beside the form, which is as it
// was filled in.
func (p *pages) editLink(w http.ResponseWriter, r *http.Request, owner string) error {
	if _, err := formValue(r, "url"); err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	var patch store.Patch
	for name, member := range map[string]**string{"url": &patch.URL, "title": &patch.Title, "description": &patch.Description} {
		if values, given := r.PostForm[name]; given {
			*member = &values[0]
		}
	}
	if values, given := r.PostForm["tags"]; given {
		tags := tagsIn(values[0])
		patch.Tags = &tags
	}
	var field *link.FieldError
	var duplicate *link.DuplicateError
	changed, err := p.Store.Update(r.Context(), owner, id, patch)
	var problem, wrong, other string
	switch {
	case errors.As(err, &field):
		problem, wrong = "This cannot be saved: "+field.Error()+".", field.Field
	case errors.As(err, &duplicate):
		problem, wrong, other = "You have another link to this address already.", "url", duplicate.Existing.ID
	case err != nil:
		return err
	default:
		p.Wake()
		return p.goBack(w, r, changed)
	}
	l, err := p.Store.Get(r.Context(), owner, id)
	if err != nil {
		return err
	}
	form := editOf(l)
	form.Problem, form.Wrong = problem, wrong
	if form.Other, err = p.other(r, owner, other, l); err != nil {
		return err
	}
	for name, member := range map[string]*string{"url": &form.Draft.URL, "title": &form.Draft.Title, "description": &form.Draft.Description, "tags": &form.TagText} {
		if values, given := r.PostForm[name]; given {
			*member = values[0]
		}
	}
	return p.writeLink(w, r, owner, http.StatusUnprocessableEntity, l, form)
}

// edit is the form in which a link is changed.
type edit struct {
	// Draft and TagText are what it begins with.
	Draft   link.Draft
	TagText string
	// Problem is what is wrong with it, and Wrong the field in which that is; empty for nothing.
	Problem, Wrong string
	// Other is the link that stands in its way; nil if none does.
	Other *otherLink
}

// editOf is the form that holds the link as it is.
func editOf(l link.Link) edit {
	return edit{Draft: link.Draft{URL: l.URL, Title: l.Title, Description: l.Description}, TagText: strings.Join(l.Tags, " ")}
}
