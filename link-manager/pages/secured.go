package pages

import (
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-manager/account"
)

// policy lets a page have our style and script, talk to us and nobody else, and be shown in nobody's frame. Nothing inline
// runs, so that what strangers write into titles stays text even if we forgot to escape it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured is headed for all that take no files: what is sent is no longer than a form.
func secured(next http.Handler) http.Handler {
	return headed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
		next.ServeHTTP(w, r)
	}))
}

// headed sets what all pages say to browsers.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		// Nobody is told from which of our pages, with which search in its address, somebody came.
		header.Set("Referrer-Policy", "same-origin")
		// The page from which a bookmarklet opened ours has no hold on it.
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// maxFormBytes is the largest form: what is too long to be saved is still read, so that it is not lost.
const maxFormBytes = 2 << 20

// signedIn sends who is not known to the page where they sign in, and back afterwards. Whoever sends a form is shown it, to
// be sent again when they have signed in.
func (p *pages) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, known := p.Asks(r.Context()); known {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodPost {
			p.renderAgain(w, r, http.StatusUnauthorized, againPage{
				Problem: "You are signed out, so nothing was done.", SignIn: true,
				Remedy: "Sign in on a page of its own, come back to this one, and send it again.",
			})
			return
		}
		target := "/sign-in"
		if asked := r.URL.RequestURI(); r.Method == http.MethodGet && asked != "/" {
			target += "?return_to=" + url.QueryEscape(asked)
		}
		http.Redirect(w, r, target, http.StatusSeeOther)
	})
}

// handler answers one page; an error becomes a page that says so.
type handler func(w http.ResponseWriter, r *http.Request, owner string) error

// needs lets only those at a page who may do what it does.
func (p *pages) needs(scope account.Scope, handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		identity, _ := p.Asks(r.Context())
		if !identity.Scopes.Has(scope) {
			p.fail(w, r, errForbidden)
			return
		}
		if err := handle(w, r, identity.Owner); err != nil {
			p.fail(w, r, err)
		}
	}
}
