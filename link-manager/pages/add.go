package pages

import (
	"errors"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/link"
)

// addLink saves what was pasted, and shows it at the top of the list. What cannot be saved stays in the field.
func (p *pages) addLink(w http.ResponseWriter, r *http.Request, owner string) error {
	typed, err := formValue(r, "url")
	if err != nil {
		return err
	}
	var field *link.FieldError
	var duplicate *link.DuplicateError
	added, err := p.Store.Add(r.Context(), owner, link.Draft{URL: withScheme(typed)})
	switch {
	case errors.As(err, &field):
		page := linksPage{frame: p.frame(r, "Links"), Draft: typed, DraftProblem: "This cannot be saved: " + field.Error() + "."}
		return p.writeList(w, r, owner, http.StatusUnprocessableEntity, page)
	case errors.As(err, &duplicate):
		http.Redirect(w, r, "/links/"+duplicate.Existing.ID+"?had=1", http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	p.Wake()
	http.Redirect(w, r, "/#link-"+added.ID, http.StatusSeeOther)
	return nil
}
