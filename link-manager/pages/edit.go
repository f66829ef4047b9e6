package pages

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// editLink changes what the form has; what it leaves out stays. What is wrong with it is told beside the form.
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
	var problem string
	switch {
	case errors.As(err, &field):
		problem = "This cannot be saved: " + field.Error() + "."
	case errors.As(err, &duplicate):
		problem = "You have another link to this address already."
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
	return p.writeLink(w, r, owner, http.StatusUnprocessableEntity, l, problem)
}
