package pages

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// importPath is where files come in, and links go out.
	importPath = "/import"
	// importsShown is how many imports a page lists, and problemsShown how many problems of one.
	importsShown  = 20
	problemsShown = 100
)

// importsPage is where links come in, and go out.
type importsPage struct {
	frame
	// Links is how many there are, of Max, which is 0 if there may be any number.
	Links, Max int
	MaxMiB     int
	Formats    []formatChoice
	// Draft is what the form begins with, and Problem why the last file was not taken.
	Draft   importForm
	Problem string
	Rows    []importRow
	// Older is the address of the next page of imports; empty on the last.
	Older string
}

// importForm is what a page asks for with a file.
type importForm struct {
	Format, Tags string
	Folders      bool
}

// formatChoice is a kind of file that can be told beforehand.
type formatChoice struct{ Value, Name string }

var formatChoices = []formatChoice{
	{"", "Find out by looking at it"},
	{string(bookmarks.Netscape), "Bookmarks of a browser (HTML)"},
	{string(bookmarks.JSON), "JSON of Linkwell, Pinboard or linkding"},
	{string(bookmarks.CSV), "CSV with a column url"},
	{string(bookmarks.List), "A list of addresses, one on each line"},
}

// importRow is an import as it is seen.
type importRow struct {
	ID, File, Kind string
	Mark           mark
	// Open says that there is something left to do; Percent how much of the file is dealt with.
	Open    bool
	Percent int
	// Done is how many items were dealt with, which Counts divides.
	Done   int
	Counts []importCount
	// Problem is why its file could not be read to the end.
	Problem string
	// Tags are given to all of its links, and Folders says that folders become tags.
	Tags    []string
	Folders bool
	// Faulty is how many items are no link that could be saved.
	Faulty       int
	Began, Ended when
}

// importCount is how many items became what.
type importCount struct {
	N    int
	Word string
}

// importRoutes are all but the upload, which is longer than a form may be.
func (p *pages) importRoutes(router chi.Router) {
	router.Get(importPath, p.needs(account.Read, p.listImports))
	router.Get(importPath+"/events", p.needs(account.Read, p.streamImports))
	router.Get(importPath+"/{id}", p.needs(account.Read, p.showImport))
	router.Get(importPath+"/{id}/progress", p.needs(account.Read, p.showProgress))
	router.Post(importPath+"/{id}/cancel", p.needs(account.Write, p.cancelImport))
	router.Post(importPath+"/{id}/forget", p.needs(account.Write, p.forgetImport))
}

func (p *pages) listImports(w http.ResponseWriter, r *http.Request, owner string) error {
	page := importsPage{frame: p.frame(r, "Import and export")}
	if r.URL.Query().Has("forgotten") {
		page.Notice = "The import is forgotten. The links that it saved stay."
	}
	return p.writeImports(w, r, owner, http.StatusOK, page)
}

// writeImports completes the page with the imports that its address asks for.
func (p *pages) writeImports(w http.ResponseWriter, r *http.Request, owner string, status int, page importsPage) error {
	page.Here, page.Formats, page.MaxMiB = "import", formatChoices, imports.MaxBytes>>20
	totals, err := p.Store.Stats(r.Context(), owner)
	if err != nil {
		return err
	}
	page.Links, page.Max = totals.Links, totals.MaxLinks
	var after store.Position
	if id := r.URL.Query().Get("after"); id != "" {
		last, err := p.Store.Import(r.Context(), owner, id)
		if err != nil && !errors.Is(err, store.ErrNoImport) { // of which there is none, nothing is older
			return err
		}
		after = store.Position{At: last.CreatedAt, ID: last.ID}
	}
	if after.ID == "" {
		after = store.Position{}
	}
	found, err := p.Store.Imports(r.Context(), owner, after, importsShown+1)
	if err != nil {
		return err
	}
	if len(found) > importsShown {
		found = found[:importsShown]
		page.Older = importPath + "?after=" + found[importsShown-1].ID
	}
	now := p.Now()
	for _, i := range found {
		page.Rows = append(page.Rows, newImportRow(i, now))
	}
	p.render(w, r, status, "imports", page)
	return nil
}

func newImportRow(i store.Import, now time.Time) importRow {
	v := importRow{
		ID: i.ID, File: i.Name, Kind: string(i.Format), Mark: importMark(i.State), Open: !i.State.Finished(), Problem: i.Problem,
		Done: i.Added + i.Merged + i.Unchanged + i.Skipped + i.Failed, Tags: i.Tags, Folders: i.Folders, Faulty: i.Skipped + i.Failed,
		Counts: []importCount{
			{i.Added, "new"}, {i.Merged, "completed"}, {i.Unchanged, "there already"}, {i.Skipped, "skipped"}, {i.Failed, "failed"},
		},
		Began: moment(i.CreatedAt, now), Ended: moment(i.FinishedAt, now),
	}
	if strings.TrimSpace(v.File) == "" {
		v.File = "A file without a name"
	}
	if i.Bytes > 0 && i.State != store.ImportReceiving {
		v.Percent = int(min(100*i.BytesRead/i.Bytes, 100))
	}
	return v
}

func importMark(s store.ImportState) mark {
	switch s {
	case store.ImportCompleted:
		return mark{markValid.Name, "done"}
	case store.ImportFailed:
		return mark{markInvalid.Name, "broke off"}
	case store.ImportCancelled:
		return mark{markMuted.Name, "cancelled"}
	case store.ImportReceiving:
		return mark{markChecking.Name, "arriving"}
	case store.ImportWaiting:
		return mark{markChecking.Name, "waiting for its turn"}
	default:
		return mark{markChecking.Name, "importing"}
	}
}

// importPage is one import.
type importPage struct {
	frame
	importRow
	Problems []store.ImportProblem
	// First and Next are the addresses of other pages of problems; empty where there are none.
	First, Next string
	// Kept is how many problems are kept of any import.
	Kept int
}

func (p *pages) showImport(w http.ResponseWriter, r *http.Request, owner string) error {
	found, err := p.Store.Import(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	page := importPage{frame: p.frame(r, "Import"), importRow: newImportRow(found, p.Now()), Kept: store.MaxImportProblems}
	page.Here, page.Title = "import", "Import of "+page.File
	if r.URL.Query().Has("finished") {
		page.Notice = "There was nothing left to cancel: the import was finished."
	}
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		if _, err := fmt.Sscanf(text, "%d", &after); err != nil || after < 0 || after > store.MaxImportProblems {
			after = 0 // the address was changed by hand
		}
	}
	here := importPath + "/" + found.ID
	if after > 0 {
		page.First = here + "#problems"
	}
	if page.Problems, err = p.Store.ImportProblems(r.Context(), owner, found.ID, after, problemsShown+1); err != nil {
		return err
	}
	if len(page.Problems) > problemsShown {
		page.Problems = page.Problems[:problemsShown]
		page.Next = fmt.Sprintf("%s?after=%d#problems", here, page.Problems[problemsShown-1].Number)
	}
	p.render(w, r, http.StatusOK, "import", page)
	return nil
}

// showProgress answers how far an import is, for the script to put in the place of what it said before.
func (p *pages) showProgress(w http.ResponseWriter, r *http.Request, owner string) error {
	found, err := p.Store.Import(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	p.render(w, r, http.StatusOK, "progress", newImportRow(found, p.Now()))
	return nil
}

// cancelImport stops an import. Links that are being saved at that moment may be the last ones.
func (p *pages) cancelImport(w http.ResponseWriter, r *http.Request, owner string) error {
	to := importPath + "/" + chi.URLParam(r, "id")
	switch _, err := p.Store.CancelImport(r.Context(), owner, chi.URLParam(r, "id")); {
	case errors.Is(err, store.ErrImportFinished):
		to += "?finished=1"
	case err != nil:
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // it begins with importPath
	return nil
}

func (p *pages) forgetImport(w http.ResponseWriter, r *http.Request, owner string) error {
	if err := p.Store.DeleteImport(r.Context(), owner, chi.URLParam(r, "id")); err != nil {
		return err
	}
	http.Redirect(w, r, importPath+"?forgotten=1", http.StatusSeeOther)
	return nil
}
