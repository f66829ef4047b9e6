package api

import (
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// The names begin with __Host-, so that browsers take them only over TLS (or from localhost), for this host alone, and
// from nobody else.
const (
	sessionCookie = "__Host-linkwell"
	attemptCookie = "__Host-linkwell-sign-in"
)

// attemptLife is how long somebody may take to sign in at their provider.
const attemptLife = 10 * time.Minute

// cookieIn is what the cookie holds; empty if there is none, or more than one.
func cookieIn(r *http.Request, name string) string {
	cookies := r.CookiesNamed(name)
	if len(cookies) != 1 {
		return ""
	}
	return cookies[0].Value
}

// setCookie has the browser keep a cookie for as long as life; 0 has it forgotten.
func setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	age := int(life.Seconds())
	if life == 0 {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// begin has a user signed in in the browser that asks, in place of whoever was.
func (a *api) begin(w http.ResponseWriter, r *http.Request, u account.User) error {
	cookie, err := a.Accounts.SignIn(r.Context(), u, cookieIn(r, sessionCookie), r.UserAgent())
	if err != nil {
		return err
	}
	setCookie(w, sessionCookie, cookie, account.SessionLife)
	return nil
}
