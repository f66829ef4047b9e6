package pages

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// importFile keeps the file that a page sends, like POST /v1/imports, and shows how far it is. What is wrong with it is told
// above the form, which keeps what was chosen.
func (p *pages) importFile(w http.ResponseWriter, r *http.Request, owner string) error {
	upload := imports.NewUpload(w, r)
	kept, form, err := p.receive(r, owner, upload)
	if err == nil {
		p.WakeImporter()
		http.Redirect(w, r, importPath+"/"+kept.ID, http.StatusSeeOther)
		return nil
	}
	problem, status := uploadProblem(err)
	if problem == "" {
		return err
	}
	if status != http.StatusRequestEntityTooLarge {
		// A browser listens to an answer when it has sent everything.
		_, _ = io.Copy(io.Discard, upload) // if it goes away instead, there is nobody left to tell
	}
	page := importsPage{frame: p.frame(r, "Import and export"), Draft: form, Problem: problem}
	return p.writeImports(w, r, owner, status, page)
}

// receive reads the form and its file. It returns what the form says also beside an error.
func (p *pages) receive(r *http.Request, owner string, upload *imports.Upload) (kept store.Import, form importForm, err error) {
	file, err := upload.File()
	if err != nil {
		return store.Import{}, form, err
	}
	form = importForm{Format: file.Fields.Get("format"), Tags: file.Fields.Get("tags"), Folders: file.Fields.Get("folders") != ""}
	draft := store.ImportDraft{Name: file.Name, Format: bookmarks.Format(form.Format), Folders: form.Folders}
	if draft.Tags, err = link.NormalizeTags(tagsIn(form.Tags)); err != nil {
		return store.Import{}, form, err
	}
	if draft.Format != "" && !slices.Contains(bookmarks.Formats(), draft.Format) {
		return store.Import{}, form, &link.FieldError{Field: "format", Problem: "it is none of the kinds that can be chosen"}
	}
	kept, err = imports.Receive(r.Context(), p.Store, owner, draft, file)
	return kept, form, err
}

// uploadProblem is why a file was not taken, as sentences; empty if it is no fault of who sent it.
func uploadProblem(err error) (problem string, status int) {
	var long *http.MaxBytesError
	var broken *imports.UploadError
	var field *link.FieldError
	switch {
	case errors.As(err, &long):
		return fmt.Sprintf("The file is longer than %d MiB. Export it in parts, and import one after the other.", long.Limit>>20), http.StatusRequestEntityTooLarge
	case errors.Is(err, imports.ErrEmpty):
		return "The file is empty. Choose another.", http.StatusUnprocessableEntity
	case errors.Is(err, bookmarks.ErrFormat):
		return "This is no bookmark file that can be told from its beginning: neither HTML, JSON, CSV with a column url, nor a list of addresses. " +
			"If it is one all the same, choose what kind it is.", http.StatusUnprocessableEntity
	case errors.Is(err, store.ErrManyImports):
		return fmt.Sprintf("%d of your imports are not finished. Wait for one, or cancel it; then choose the file again.", store.MaxImports), http.StatusTooManyRequests
	case errors.As(err, &broken):
		return "The file did not arrive: " + broken.Error() + ".", http.StatusBadRequest
	case errors.As(err, &field):
		return "This cannot be imported like that: " + field.Error() + ".", http.StatusUnprocessableEntity
	default:
		return "", 0
	}
}
