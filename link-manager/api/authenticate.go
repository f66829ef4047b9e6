package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/linkwell/linkwell/link-manager/account"
)

// who is the key of an identity, or of the problem with it, in a request's context.
type who struct{}

// asker is who makes a request, or why nobody is known to.
type asker struct {
	identity account.Identity
	problem  *Problem
	// again finds out anew, for a request that lasts.
	again func(context.Context) asker
}

// identified finds out who makes a request: by the token in Authorization, else by the session in the cookie, else, where
// nobody needs an account, it is the owner of everything. It refuses nobody but who asks too often, or from another
// site's page without a token; what a route needs is for it to say.
func (a *api) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, shown := bearer(r)
		if !shown && a.crossOrigin.Check(r) != nil {
			// Only a browser sends cookies by itself, and pages of others may have it do so.
			refuseWith(w, r, newKind(http.StatusForbidden, "cross-origin", "requests from other sites' pages are refused, unless they show a token"))
			return
		}
		asks := a.identify(r, token, shown)
		asks.again = func(ctx context.Context) asker { return a.identify(r.WithContext(ctx), token, shown) }
		if p := a.limited(w, r, asks); p != nil {
			refuseWith(w, r, p)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), who{}, asks)))
	})
}

func (a *api) identify(r *http.Request, token string, shown bool) asker {
	cookie := cookieIn(r, sessionCookie)
	var identity account.Identity
	var err error
	switch {
	case shown:
		identity, err = a.Accounts.ByToken(r.Context(), token)
	case a.Config.Owner != nil:
		identity = account.Everything(a.Config.Owner(r.Context()))
	case cookie != "":
		identity, err = a.Accounts.BySession(r.Context(), cookie)
	default:
		return asker{problem: unauthorized("")}
	}
	var p *Problem
	switch {
	case err == nil:
		return asker{identity: identity}
	case errors.Is(err, account.ErrUnknown) && !shown:
		return asker{problem: unauthorized("")} // a session that is over is as good as none
	case errors.As(a.problem(r.Context(), "find out who asks", err), &p):
		return asker{problem: p}
	default:
		return asker{problem: unauthorized("")}
	}
}

// bearer is the token in Authorization (RFC 6750 section 2.1), and whether there is one. Nothing else is looked at: who
// writes a token into a URL has it in every log. Other schemes are those of a proxy in front of us.
func bearer(r *http.Request) (token string, shown bool) {
	for _, value := range r.Header.Values("Authorization") {
		scheme, credentials, _ := strings.Cut(value, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		if shown {
			return "", true // one of two is the wrong one
		}
		token, shown = strings.TrimSpace(credentials), true
	}
	return token, shown
}

// asking is who makes the request.
func asking(ctx context.Context) asker {
	asks, found := ctx.Value(who{}).(asker)
	if !found {
		return asker{problem: unauthorized("")}
	}
	return asks
}

// Asks is who makes a request that came through the API's router; false means that nobody is known to.
func Asks(ctx context.Context) (account.Identity, bool) {
	asks := asking(ctx)
	return asks.identity, asks.problem == nil
}

// Identity is who makes the request. Only a route that nobody was let into without one may ask.
func (a *api) Identity(ctx context.Context) account.Identity {
	asks := asking(ctx)
	if asks.problem != nil {
		panic("a request of nobody came this far")
	}
	return asks.identity
}

// Owner is whose request it is: every question to the store carries it.
func (a *api) Owner(ctx context.Context) string { return a.Identity(ctx).Owner }

// unauthorized is the 401 of who is not known (RFC 6750 section 3): with the code invalid_token for a token that is unknown,
// expired or revoked, which are the same, and without one for who showed none.
func unauthorized(code string) *Problem {
	p := newKind(http.StatusUnauthorized, "unauthorized", "this needs an account: send a token as Authorization: Bearer lw_…, or sign in")
	p.challenge = account.Challenge
	if code != "" {
		p.Detail = "this token is unknown, expired or revoked"
		p.challenge += `, error="` + code + `"`
	}
	return p
}
