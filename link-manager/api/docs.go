package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsPage string

var docsTemplate = template.Must(template.New("docs").Parse(docsPage))

// docsPolicy lets the page have its own style and nothing else: no script, no frame, nothing from elsewhere.
const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsOperation is an operation on the page.
type docsOperation struct {
	Method, Path, Summary, Scope string
	Parameters                   []*huma.Param
	Body                         string
	Answers                      []string
}

// docs answers the OpenAPI document as a page for people, which needs neither scripts nor the internet.
func docs(document *huma.OpenAPI) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var page bytes.Buffer
		if err := docsTemplate.Execute(&page, docsOperations(document)); err != nil {
			writeProblem(w, newKind(http.StatusInternalServerError, "internal", "something went wrong on our side"))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", docsPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		// The caller may be gone; there is nobody left to tell.
		_, _ = w.Write(page.Bytes())
	}
}

func docsOperations(document *huma.OpenAPI) (all []docsOperation) {
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		item := document.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Patch, item.Put, item.Delete} {
			if o == nil {
				continue
			}
			shown := docsOperation{Method: o.Method, Path: o.Path, Summary: o.Summary, Parameters: o.Parameters}
			if needs, ok := o.Metadata[scopeKey].(scope); ok {
				shown.Scope = string(needs)
			}
			if o.RequestBody != nil {
				shown.Body = strings.Join(slices.Sorted(maps.Keys(o.RequestBody.Content)), ", ")
			}
			for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
				shown.Answers = append(shown.Answers, status+" "+o.Responses[status].Description)
			}
			all = append(all, shown)
		}
	}
	return all
}
