package pages

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

//go:embed templates
var templates embed.FS

// views are the pages and the parts that the script asks for, by name.
var views = template.Must(template.New("").Funcs(template.FuncMap{
	"asset":   assetPath,
	"longest": func() int { return link.MaxDescription },
	"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
}).ParseFS(templates, "templates/*.html"))

// frame is what every page has around it.
type frame struct {
	// Title is the page's, and Here its place in the menu.
	Title, Here string
	// Name is who is signed in; empty where nobody has to.
	Name string
	// SignOut says that they may go.
	SignOut bool
	// Waiting is how many questions wait for them; empty for none.
	Waiting string
	// Notice is what was just done, and Undo the path that takes it back, with UndoFields in its form.
	Notice, Undo string
	UndoFields   []field
}

// field is a field of a form that nobody sees.
type field struct{ Name, Value string }

func (p *pages) frame(r *http.Request, title string) frame {
	f := frame{Title: title}
	identity, known := p.Asks(r.Context())
	if known {
		f.Waiting = p.waiting(r, identity)
	}
	if known && identity.User.ID != "" {
		f.Name, f.SignOut = identity.User.Name, !identity.ByToken()
	}
	return f
}

// render answers with a page, which is made before anything of it is sent, so that half of one never looks like a whole.
func (p *pages) render(w http.ResponseWriter, r *http.Request, status int, view string, data any) {
	var page bytes.Buffer
	if err := views.ExecuteTemplate(&page, view, data); err != nil {
		p.Logger.ErrorContext(r.Context(), "render page", "view", view, "error", err)
		http.Error(w, "Linkwell cannot show this page, by a fault of ours.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // the caller may be gone; there is nobody left to tell
}
