package pages

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/api"
)

// noPageRoutes answers who asks for what is not there: people with a page, programs as the API does.
func (p *pages) noPageRoutes(router chi.Router) {
	router.NotFound(p.pageOr(api.NotFound, http.StatusNotFound, problemPage{
		Problem: "There is no page at this address.", Remedy: "It may be written wrongly, or be from another version. Begin with your links.",
	}))
	router.MethodNotAllowed(p.pageOr(api.MethodNotAllowed, http.StatusMethodNotAllowed, problemPage{
		Problem: "This address cannot be opened like that.", Remedy: "Only a form on one of our pages leads here. Begin with your links.",
	}))
}

// pageOr answers with a page where that is asked for and the API is not, and otherwise as the API answers.
func (p *pages) pageOr(answer http.HandlerFunc, status int, page problemPage) http.HandlerFunc {
	shown := headed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := page
		page.frame = p.frame(r, "Something is wrong")
		p.render(w, r, status, "problem", page)
	}))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if !api.WantsPage(r) {
			answer(w, r)
			return
		}
		if status == http.StatusMethodNotAllowed {
			api.SetAllow(w, r)
		}
		shown.ServeHTTP(w, r)
	}
}
