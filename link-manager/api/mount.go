package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"

	"github.com/linkwell/linkwell/link-manager/account"
)

// Mount is another API beside /v1, in the words of somebody else's, on the same tokens, scopes, limits, spans and metrics.
//
// Whoever uses one shows a token, also where nobody needs an account, and no cookie is looked at: so no page that a browser
// visits can have the browser do anything there, and neither Config.Guard nor cross-origin protection has to stand in the
// way of browser extensions, whose requests come from elsewhere.
type Mount struct {
	// Path is what its paths begin with: /compat/linkding.
	Path string
	// Token takes the token out of a request, wherever these clients put it, so that nothing behind it can tell it to
	// anybody, and reports whether there is one.
	Token func(*http.Request) (token string, shown bool)
	// Routes adds its routes, with paths below Path. What has none is answered by Refuse.
	Routes func(chi.Router, *Gate)
	// Refuse answers a problem in the words of this API.
	Refuse func(http.ResponseWriter, *http.Request, *Problem)
	// MaxBody is the largest body of a request, in bytes.
	MaxBody int64
}

// Gate is what a Mount has of the API: who asks, what they may do, and what becomes of errors.
type Gate struct {
	api   *api
	mount Mount
}

// Needs lets only those in who have the scope.
func (g *Gate) Needs(what account.Scope) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p := refused(asking(r.Context()), what); p != nil {
				g.mount.Refuse(w, r, p)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Identity is who makes a request that Needs let in.
func (g *Gate) Identity(ctx context.Context) account.Identity { return g.api.Identity(ctx) }

// Owner is whose request it is: every question to the store carries it.
func (g *Gate) Owner(ctx context.Context) string { return g.api.Owner(ctx) }

// Problem is what an error means to who asked. An operator is told, with the verb, of what is our fault.
func (g *Gate) Problem(ctx context.Context, verb string, err error) *Problem {
	return g.api.problemOf(ctx, verb, err)
}

// Shown is the token of a request that Needs let in, for an API that tells its clients what they know already.
func (g *Gate) Shown(ctx context.Context) string {
	shown, _ := ctx.Value(shownTo{}).(shownToken)
	return shown.token
}

// Wake tells the dispatcher that somebody waits for a check.
func (g *Gate) Wake() { g.api.Wake() }

// shownTo is the key of the token that was taken out of a request to a Mount.
type shownTo struct{}

// shownToken is a token on its way to where it is looked at. It does not print.
type shownToken struct {
	token string
	shown bool
}

// String leaves the token out.
func (shownToken) String() string { return "a token" }

// GoString leaves the token out.
func (shownToken) GoString() string { return "a token" }

// hideTokens takes tokens out of the requests to mounts before anything is told of them: some of these clients write theirs
// into the URL.
func (a *api) hideTokens(next http.Handler) http.Handler {
	if len(a.Mounts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, m := range a.Mounts {
			if r.URL.Path != m.Path && !strings.HasPrefix(r.URL.Path, m.Path+"/") {
				continue
			}
			r = r.Clone(r.Context())
			token, shown := m.Token(r)
			r.Header.Del("Authorization")
			r.Header.Del("Referer")
			r.RequestURI = r.URL.RequestURI()
			r = r.WithContext(context.WithValue(r.Context(), shownTo{}, shownToken{token, shown}))
			break
		}
		next.ServeHTTP(w, r)
	})
}

// mounted puts the mounts on the router.
func (a *api) mounted(router chi.Router) {
	for _, m := range a.Mounts {
		router.Route(m.Path, func(sub chi.Router) {
			sub.Use(extensionOrigins, a.clientAddress, a.identifiedBy(m), middleware.RequestSize(m.MaxBody))
			sub.NotFound(func(w http.ResponseWriter, r *http.Request) {
				m.Refuse(w, r, newKind(http.StatusNotFound, "no-such-page", "there is nothing at this address"))
			})
			sub.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
				m.Refuse(w, r, newKind(http.StatusMethodNotAllowed, "method", r.Method+" is not possible here"))
			})
			m.Routes(sub, &Gate{a, m})
		})
	}
}

// identifiedBy is identified for a mount: by its token, or not at all.
func (a *api) identifiedBy(m Mount) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asks := asker{problem: unauthorized("")}
			if shown, _ := r.Context().Value(shownTo{}).(shownToken); shown.shown {
				asks = a.identify(r, shown.token, true)
			}
			if p := a.limited(w, r, asks); p != nil {
				m.Refuse(w, r, p)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), who{}, asks)))
		})
	}
}

// extensionOrigins lets browser extensions that have no permission for our host read the answers (CORS), and no page of any
// site. They show a token: credentials that a browser adds by itself are not allowed along.
var extensionOrigins = cors.Handler(cors.Options{
	AllowOriginFunc: func(_ *http.Request, origin string) bool { return isExtension(origin) },
	AllowedMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
	AllowedHeaders:  []string{"Authorization", "Content-Type"},
	MaxAge:          600,
})

// isExtension reports whether an origin is that of a browser extension.
func isExtension(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	switch u.Scheme {
	case "chrome-extension", "moz-extension", "safari-web-extension":
		return true
	}
	return false
}
