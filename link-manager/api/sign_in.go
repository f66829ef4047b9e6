package api

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
)

// signInRoutes are for browsers, so they are no part of the OpenAPI document. There are none where nobody signs in.
func (a *api) signInRoutes(router chi.Router) {
	if a.Passwords {
		router.Post("/auth/login", a.signIn)
		router.Post("/auth/password", a.newPassword)
	}
	if a.Provider != nil {
		router.Get("/auth/oidc/start", a.beginAtProvider)
		router.Get("/auth/oidc/callback", a.backFromProvider)
	}
	if a.Passwords || a.Provider != nil {
		router.Post("/auth/logout", a.signOut)
	}
}

// signInForm is what signs somebody in, as JSON or as a form.
type signInForm struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	// ReturnTo is the page of ours to go to afterwards.
	ReturnTo string `json:"return_to"`
}

// signIn begins a session for who knows the password of a login. It answers a form by sending the browser on, anything else
// with who they are now. Whatever is wrong with login or password is the same 401, after the same time.
func (a *api) signIn(w http.ResponseWriter, r *http.Request) {
	form, sent, p := readSignIn(r)
	if p != nil {
		refuseWith(w, r, p)
		return
	}
	if p := a.signInLimited(w, r, form.Login); p != nil {
		a.refuseSignIn(w, r, p, sent, wrongTooOften, form.ReturnTo)
		return
	}
	user, err := a.Accounts.ByPassword(r.Context(), form.Login, form.Password)
	if err == nil {
		err = a.begin(w, r, user)
	}
	switch {
	case errors.Is(err, account.ErrUnknown):
		a.refuseSignIn(w, r, notSignedIn("login or password is wrong"), sent, wrongPassword, form.ReturnTo)
	case err != nil:
		a.refuseSignIn(w, r, a.problemOf(r.Context(), "sign in", err), sent, wrongNow, form.ReturnTo)
	default:
		signedIn(w, r, user, sent, form.ReturnTo)
	}
}

// What the page to sign in says when it did not work, by wrong in its address.
const (
	wrongPassword = "1"
	wrongTooOften = "often"
	wrongNow      = "now"
	wrongProvider = "provider"
	wrongDisabled = "disabled"
)

// signInLimited is the 429 of who tries to sign in too often.
func (a *api) signInLimited(w http.ResponseWriter, r *http.Request, login string) *Problem {
	if p := tooMany(a.limits.signInAddresses, w, r, address(r)); p != nil {
		return p
	}
	return tooMany(a.limits.signInLogins, w, r, strings.ToLower(login))
}

// refuseSignIn says why somebody is not signed in: to a browser on the page where they can try again.
func (a *api) refuseSignIn(w http.ResponseWriter, r *http.Request, p *Problem, browser bool, wrong, returnTo string) {
	if !browser || a.Pages == nil {
		writeProblem(w, p)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/sign-in?wrong="+wrong+"&return_to="+url.QueryEscape(local(returnTo)), http.StatusSeeOther)
}

// signedIn answers who has just signed in: a browser is sent on, a program is told who it is.
func signedIn(w http.ResponseWriter, r *http.Request, u account.User, browser bool, returnTo string) {
	w.Header().Set("Cache-Control", "no-store")
	if browser {
		http.Redirect(w, r, local(returnTo), http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The caller may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(newMe(account.Identity{Owner: u.ID, Name: u.Name, Scopes: u.Scopes()}))
}

// readSignIn reads JSON or a form, and says which it was.
func readSignIn(r *http.Request) (form signInForm, browser bool, p *Problem) {
	unreadable := newKind(http.StatusBadRequest, "request", "the body cannot be read; it must have login and password")
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json":
		if err := json.NewDecoder(r.Body).Decode(&form); err != nil {
			return signInForm{}, false, unreadable
		}
		return form, false, nil
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return signInForm{}, true, unreadable
		}
		return signInForm{r.PostForm.Get("login"), r.PostForm.Get("password"), r.PostForm.Get("return_to")}, true, nil
	default:
		return signInForm{}, false, newKind(http.StatusUnsupportedMediaType, "media-type", "the body must be JSON or a form; send it with Content-Type: application/json or application/x-www-form-urlencoded")
	}
}

// local is a page of ours to go on with; the first one if target is none of ours. Browsers read a second slash, or a
// backslash, as the beginning of somebody else's host.
func local(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") ||
		strings.ContainsFunc(target, func(r rune) bool { return r == '\\' || r < ' ' }) {
		return "/"
	}
	return target
}

// signOut ends the session in the cookie, and, if a form says everywhere, all others of the same user.
func (a *api) signOut(w http.ResponseWriter, r *http.Request) {
	err := a.Accounts.SignOut(r.Context(), cookieIn(r, sessionCookie))
	if identity, known := Asks(r.Context()); err == nil && known && !identity.ByToken() && isForm(r) && r.PostFormValue("everywhere") != "" {
		err = a.Accounts.SignOutEverywhere(r.Context(), identity.User)
	}
	if err != nil {
		a.writeError(w, r, "sign out", err)
		return
	}
	setCookie(w, sessionCookie, "", 0)
	w.Header().Set("Cache-Control", "no-store")
	if isForm(r) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// isForm reports whether a page sent its form.
func isForm(r *http.Request) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // what cannot be read is no form
	return media == "application/x-www-form-urlencoded"
}

// writeError answers outside of huma's routes with the problem that an error is.
func (a *api) writeError(w http.ResponseWriter, r *http.Request, verb string, err error) {
	refuseWith(w, r, a.problemOf(r.Context(), verb, err))
}

// problemOf is the problem that an error is.
func (a *api) problemOf(ctx context.Context, verb string, err error) *Problem {
	var p *Problem
	if !errors.As(a.problem(ctx, verb, err), &p) {
		p = newKind(http.StatusInternalServerError, "internal", "something went wrong on our side")
	}
	return p
}
