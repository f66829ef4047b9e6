package api

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/linkwell/linkwell/link-manager/account"
)

// beginAtProvider sends somebody to the provider to sign in there. What it takes to recognise them when they come back is
// in a cookie, so that a stranger who begins a million times leaves nothing here.
func (a *api) beginAtProvider(w http.ResponseWriter, r *http.Request) {
	returnTo := local(r.URL.Query().Get("return_to"))
	if p := tooMany(a.limits.signInAddresses, w, r, address(r)); p != nil {
		a.refuseSignIn(w, r, p, true, wrongTooOften, returnTo)
		return
	}
	location, attempt, err := a.Provider.Begin(r.Context())
	if err != nil {
		a.refuseSignIn(w, r, a.problemOf(r.Context(), "begin to sign in", err), true, wrongNow, returnTo)
		return
	}
	setCookie(w, attemptCookie, attempt.String()+"."+base64.RawURLEncoding.EncodeToString([]byte(returnTo)), attemptLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, location, http.StatusSeeOther)
}

// backFromProvider begins a session for whom the provider knows. An attempt is over when its browser is back, however it
// ends.
func (a *api) backFromProvider(w http.ResponseWriter, r *http.Request) {
	attempt, returnTo := splitAttempt(cookieIn(r, attemptCookie))
	if p := tooMany(a.limits.signInAddresses, w, r, address(r)); p != nil {
		a.refuseSignIn(w, r, p, true, wrongTooOften, returnTo)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	setCookie(w, attemptCookie, "", 0)
	person, err := a.Provider.Finish(r.Context(), attempt, r.URL.Query())
	var user account.User
	if err == nil {
		user, err = a.Accounts.ByProvider(r.Context(), person)
	}
	if err == nil {
		err = a.begin(w, r, user)
	}
	var refused *account.SignInError
	switch {
	case errors.As(err, &refused):
		a.Logger.WarnContext(r.Context(), "somebody could not sign in", "why", refused.Problem, "error", errors.Unwrap(refused))
		a.refuseSignIn(w, r, notSignedIn(refused.Problem), true, wrongProvider, returnTo)
	case errors.Is(err, account.ErrUnknown):
		a.refuseSignIn(w, r, notSignedIn("your account is disabled here"), true, wrongDisabled, returnTo)
	case err != nil:
		a.refuseSignIn(w, r, a.problemOf(r.Context(), "sign in", err), true, wrongNow, returnTo)
	default:
		http.Redirect(w, r, local(returnTo), http.StatusSeeOther) //nolint:gosec // local leads to our own pages only
	}
}

// splitAttempt reads the cookie of an attempt: the attempt, and where to go on afterwards.
func splitAttempt(cookie string) (a account.Attempt, returnTo string) {
	end := strings.LastIndex(cookie, ".")
	if end < 0 {
		return account.Attempt{}, ""
	}
	page, _ := base64.RawURLEncoding.DecodeString(cookie[end+1:])
	return account.ParseAttempt(cookie[:end]), string(page)
}

// notSignedIn is the 401 of who wanted to sign in.
func notSignedIn(why string) *Problem {
	p := unauthorized("")
	p.Type, p.Detail = "urn:linkwell:problem:sign-in", why
	return p
}
