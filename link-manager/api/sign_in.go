package api

import (
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
		writeProblem(w, p)
		return
	}
	if over(a.limits.signInAddresses, w, r, address(r)) || over(a.limits.signInLogins, w, r, strings.ToLower(form.Login)) {
		return
	}
	user, err := a.Accounts.ByPassword(r.Context(), form.Login, form.Password)
	if err == nil {
		err = a.begin(w, r, user)
	}
	switch {
	case errors.Is(err, account.ErrUnknown) && sent && a.Pages != nil:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/sign-in?wrong=1&return_to="+url.QueryEscape(local(form.ReturnTo)), http.StatusSeeOther)
	case errors.Is(err, account.ErrUnknown):
		writeProblem(w, notSignedIn("login or password is wrong"))
	case err != nil:
		a.writeError(w, r, "sign in", err)
	default:
		signedIn(w, r, user, sent, form.ReturnTo)
	}
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

// signOut ends the session in the cookie.
func (a *api) signOut(w http.ResponseWriter, r *http.Request) {
	if err := a.Accounts.SignOut(r.Context(), cookieIn(r, sessionCookie)); err != nil {
		a.writeError(w, r, "sign out", err)
		return
	}
	setCookie(w, sessionCookie, "", 0)
	w.Header().Set("Cache-Control", "no-store")
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// writeError answers outside of huma's routes with the problem that an error is.
func (a *api) writeError(w http.ResponseWriter, r *http.Request, verb string, err error) {
	var p *Problem
	if !errors.As(a.problem(r.Context(), verb, err), &p) {
		p = newKind(http.StatusInternalServerError, "internal", "something went wrong on our side")
	}
	writeProblem(w, p)
}
