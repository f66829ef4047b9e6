package api

import (
	"context"
	"maps"
	"net/http"
	"strings"
)

// refusedPage is the key of Config.RefusedPage in a request's context, for what is around the API's routes.
type refusedPage struct{}

// refusing lets what is around the routes answer people with a page.
func (a *api) refusing(next http.Handler) http.Handler {
	if a.RefusedPage == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), refusedPage{}, a.RefusedPage)))
	})
}

// refuseWith answers a problem: people with a page, if there are any, and programs as everywhere.
func refuseWith(w http.ResponseWriter, r *http.Request, p *Problem) {
	page, found := r.Context().Value(refusedPage{}).(func(http.ResponseWriter, *http.Request, *Problem))
	if !found || !WantsPage(r) {
		writeProblem(w, p)
		return
	}
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Add("Vary", "Accept")
	page(w, r, p)
}

// WantsPage reports whether a browser asks for a page, and not for something of the API.
func WantsPage(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/v1/") && strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}
