package pages

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
)

// Refused answers a browser whose request came to no page, for a problem that is everybody's: too many requests, another
// site's page, a fault of ours. It says in words what programs are told by api.Problem. Who asks need not be known.
func Refused(c Config) func(http.ResponseWriter, *http.Request, *api.Problem) {
	p := &pages{Config: c}
	return func(w http.ResponseWriter, r *http.Request, problem *api.Problem) {
		headed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.refused(w, r, problem) })).ServeHTTP(w, r)
	}
}

func (p *pages) refused(w http.ResponseWriter, r *http.Request, problem *api.Problem) {
	page := problemPage{frame: frame{Title: "Something is wrong"}}
	switch problem.Status {
	case http.StatusTooManyRequests:
		says, remedy := "That was too often.", "Try again "+comeAgain(w.Header())+"."
		if r.Method == http.MethodPost {
			p.renderAgain(w, r, problem.Status, againPage{Problem: says + " Nothing was done.", Remedy: remedy})
			return
		}
		page.Problem, page.Remedy = says, remedy
	case http.StatusForbidden:
		page.Problem, page.Remedy = "This came from a page of another site, so nothing was done.", "If you meant it, do it on one of our pages."
	case http.StatusMisdirectedRequest:
		page.Problem, page.Remedy = "This Linkwell has no accounts, and answers only as localhost or 127.0.0.1.", "Whoever starts it with --insecure lets it answer under other names."
	case http.StatusUnauthorized:
		page.Problem, page.Remedy = "You are signed out, so nothing was done.", "Sign in, and do it again."
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		page.Problem, page.Remedy = "This form cannot be read.", "Go back, and send it again from our page."
	case http.StatusInternalServerError:
		page.Problem, page.Remedy = "Something went wrong, by a fault of ours.", "Try again; if that does not help, tell whoever runs this Linkwell."
	default:
		page.Problem, page.Remedy = "Linkwell cannot do this now.", "Nothing was lost. Try again in a moment."
	}
	p.render(w, r, problem.Status, "problem", page)
}

// comeAgain is when to try again, as Retry-After in the header says.
func comeAgain(header http.Header) string {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return "in a moment"
	}
	return fmt.Sprintf("in %s", span(time.Duration(seconds)*time.Second))
}
