package pages

import (
	"mime"
	"net/http"
	"slices"

	"github.com/linkwell/linkwell/link-manager/account"
)

// againPage shows a form that came at a moment when nothing could be done with it, and sends it again. Nothing of it is kept
// anywhere else.
type againPage struct {
	frame
	Problem, Remedy string
	// SignIn says that somebody has to sign in before.
	SignIn bool
	// Path is where the form goes; empty for one that cannot be sent again.
	Path   string
	Fields []field
	// Typed are those of the fields that somebody may have typed.
	Typed []field
}

// typedFields are the fields that people type text into, and what they are called.
var typedFields = []field{
	{"url", "Address"}, {"title", "Title"}, {"tags", "Tags"}, {"tag", "Tags"}, {"description", "Description"}, {"name", "Name"}, {"q", "Search"},
}

// renderAgain answers a form that another site's page cannot have sent (api.Config.Guard and sessions see to that).
func (p *pages) renderAgain(w http.ResponseWriter, r *http.Request, status int, page againPage) {
	page.frame = frame{Title: "Not done yet"}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/x-www-form-urlencoded" {
		r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
		if r.ParseForm() == nil { // else it is too long, or no form of ours
			page.Path = r.URL.RequestURI()
			page.Fields, page.Typed = sent(r)
		}
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", account.Challenge)
	}
	p.render(w, r, status, "again", page)
}

// sent are the fields of a form but for secrets, and those of them that people type.
func sent(r *http.Request) (all, typed []field) {
	names := make([]string, 0, len(r.PostForm))
	for name := range r.PostForm {
		if name != "password" && name != "current" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.PostForm[name] {
			all = append(all, field{name, value})
		}
	}
	for _, known := range typedFields {
		for _, value := range r.PostForm[known.Name] {
			if value != "" {
				typed = append(typed, field{known.Value, value})
			}
		}
	}
	return all, typed
}
