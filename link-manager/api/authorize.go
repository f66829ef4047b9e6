package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

// scoped lets only those into a route who have the scope it names. One that names none lets nobody in.
func (a *api) scoped(ctx huma.Context, next func(huma.Context)) {
	needs, _ := ctx.Operation().Metadata[scopeKey].(scope)
	if p := refused(asking(ctx.Context()), needs); p != nil {
		_, w := humachi.Unwrap(ctx)
		writeProblem(w, p)
		return
	}
	next(ctx)
}

// needs is scoped for a route that huma does not know.
func needs(what scope) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p := refused(asking(r.Context()), what); p != nil {
				writeProblem(w, p)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// StillMay reports whether who was let in with a scope would be let in again: their token may have been revoked meanwhile.
func StillMay(ctx context.Context, needs scope) bool {
	return refused(asking(ctx).again(ctx), needs) == nil
}

// refused is why somebody may not do what needs a scope; nil if they may.
func refused(asks asker, needs scope) *Problem {
	switch {
	case asks.problem != nil:
		return asks.problem
	case needs == "":
		return newKind(http.StatusForbidden, "forbidden", "nobody may do this")
	case !asks.identity.Scopes.Has(needs):
		p := newKind(http.StatusForbidden, "insufficient-scope", fmt.Sprintf("this needs the scope %s; you have: %s", needs, asks.identity.Scopes))
		p.challenge = fmt.Sprintf(`Bearer realm="linkwell", error="insufficient_scope", scope="%s"`, needs)
		return p
	}
	return nil
}

// The names of the two ways to show who one is, in the OpenAPI document.
const (
	byToken   = "token"
	bySession = "session"
)

// security is who may use a route, for the OpenAPI document.
func security(needs scope) []map[string][]string {
	return []map[string][]string{{byToken: {string(needs)}}, {bySession: {string(needs)}}}
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		byToken: { //nolint:gosec // it says what tokens look like, and is none
			Type: "http", Scheme: "bearer", BearerFormat: "lw_<id>_<secret>",
			Description: "A token of POST /v1/tokens or `link-manager token create`. It may do what its scopes say: read, write, check, admin.",
		},
		bySession: {
			Type: "apiKey", In: "cookie", Name: sessionCookie,
			Description: "A browser in which somebody signed in. It is refused to pages of other sites.",
		},
	}
}
