package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

// changeOwnPassword needs the old password: a token, or a browser left open, is not enough to keep somebody out for good.
func (a *api) changeOwnPassword(ctx context.Context, user account.User, current, password string) error {
	if user.Login == "" {
		return newKind(http.StatusConflict, "no-passwords", "you do not sign in here with a password")
	}
	if a.limits.signInLogins.OnLimit(discarded{}, &http.Request{}, user.Login) {
		return newKind(http.StatusTooManyRequests, "rate-limit", "a password was tried too often; come again in a minute")
	}
	return a.Accounts.ChangePassword(ctx, user, current, password)
}

// discarded is a ResponseWriter for a limiter that wants to write headers.
type discarded struct{ http.ResponseWriter }

func (discarded) Header() http.Header { return http.Header{} }

// newPassword is the form of the page of settings. All sessions end with the old password, and one begins in this browser.
// What is wrong is told by that page: by the name of the field, or now.
func (a *api) newPassword(w http.ResponseWriter, r *http.Request) {
	identity, known := Asks(r.Context())
	if !known || identity.ByToken() || a.Pages == nil || !isForm(r) {
		refuseWith(w, r, unauthorized(""))
		return
	}
	user := identity.User
	err := a.changeOwnPassword(r.Context(), user, r.PostFormValue("current"), r.PostFormValue("password"))
	if err == nil {
		err = a.begin(w, r, user)
	}
	to := "/settings?done=password"
	var field *link.FieldError
	var p *Problem
	switch {
	case err == nil:
	case errors.As(err, &field):
		to = "/settings?wrong=" + field.Field + "#password"
	case errors.As(err, &p) && p.Status == http.StatusTooManyRequests:
		to = "/settings?wrong=often#password"
	default:
		_ = a.problemOf(r.Context(), "change password", err) // which tells the operator
		to = "/settings?wrong=now#password"
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}
