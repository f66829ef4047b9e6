package pages

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var errForbidden = errors.New("you may not do this")

// problemPage says what could not be done.
type problemPage struct {
	frame
	Problem, Remedy string
}

// fail answers with a page that says what is wrong and what to do. What went wrong on our side is told in the log alone.
func (p *pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var field *link.FieldError
	var long *http.MaxBytesError
	var quota *store.QuotaError
	page := problemPage{frame: p.frame(r, "Something is wrong")}
	status := http.StatusServiceUnavailable
	var half *halfDoneError
	if errors.As(err, &half) {
		page.say(half.said)
	}
	switch {
	case errors.Is(err, errForbidden):
		status, page.Problem, page.Remedy = http.StatusForbidden, "You may not do this.", "Ask whoever runs this Linkwell."
	case errors.Is(err, link.ErrNotFound):
		status, page.Problem, page.Remedy = http.StatusNotFound, "There is no such link.", "It was deleted, or it never was. Look among all of them."
	case errors.Is(err, store.ErrNoImport):
		status, page.Problem, page.Remedy = http.StatusNotFound, "There is no such import.", "It was forgotten, or finished more than 30 days ago. Its links stay."
	case errors.Is(err, store.ErrNoWebhook):
		status, page.Problem, page.Remedy = http.StatusNotFound, "There is no such webhook.", "It was deleted, or it never was. Look at your settings."
	case errors.Is(err, account.ErrNotFound):
		status, page.Problem, page.Remedy = http.StatusNotFound, "There is no such token.", "It was revoked, or it never was. Look at your settings."
	case errors.As(err, &quota):
		status, page.Problem, page.Remedy = http.StatusForbidden, fmt.Sprintf("You have as many links as you may: %d.", quota.Max), "Delete some to save others."
	case errors.Is(err, store.ErrSearchNotFound):
		status, page.Problem, page.Remedy = http.StatusNotFound, "There is no such search.", "It was deleted, or it never was. Look among all of them."
	case errors.As(err, &field):
		status, page.Problem, page.Remedy = http.StatusUnprocessableEntity, "This cannot be saved: "+field.Error()+".", "Go back and change it."
	case errors.As(err, &long):
		status, page.Problem, page.Remedy = http.StatusRequestEntityTooLarge, fmt.Sprintf("That is too much text: a page takes %d MiB.", maxFormBytes>>20), "Go back, where it is still, and make it shorter."
	case errors.Is(err, store.ErrDiskFull):
		page.Problem, page.Remedy = "The disk of the database is full, so nothing was saved.", "Try again when there is room."
	default:
		page.Problem, page.Remedy = "Linkwell cannot do this now.", "Nothing was lost. Try again in a moment."
	}
	if status == http.StatusServiceUnavailable && r.Context().Err() == nil {
		p.Logger.ErrorContext(r.Context(), "answer page", "path", r.URL.Path, "error", err)
	}
	p.render(w, r, status, "problem", page)
}
