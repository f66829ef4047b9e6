package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// importLinksInput has no body, so that huma leaves it to us: files do not fit into memory.
type importLinksInput struct {
	Format  string   `query:"format" enum:"netscape,json,csv,list" doc:"What the file is; detected if it is not said"`
	Folders string   `query:"folders" enum:"ignore,tags" default:"ignore" doc:"tags: the names of the folders that a link is in become tags"`
	Tags    []string `query:"tag,explode" maxItems:"20" doc:"A tag for every link; may be repeated"`
	Name    string   `query:"name" maxLength:"200" doc:"The file's name, to know it by"`

	upload *imports.Upload
}

// Resolve takes hold of the body, which is longer than any other.
func (i *importLinksInput) Resolve(ctx huma.Context) []error {
	r, w := humachi.Unwrap(ctx)
	i.upload = imports.NewUpload(w, r)
	return nil
}

type importLinksOutput struct {
	Location string `header:"Location"`
	Body     Import
}

// importLinks keeps the file, and answers before any of its links is saved.
func (a *api) importLinks(ctx context.Context, input *importLinksInput) (*importLinksOutput, error) {
	tags, err := link.NormalizeTags(input.Tags)
	if err != nil {
		var field *link.FieldError
		if errors.As(err, &field) {
			return nil, badParameter("tag", field.Problem)
		}
		return nil, badParameter("tag", err.Error())
	}
	file, err := input.upload.File()
	if err != nil {
		return nil, a.uploadProblem(ctx, err)
	}
	draft := store.ImportDraft{Name: input.Name, Format: bookmarks.Format(input.Format), Folders: input.Folders == foldersAsTags, Tags: tags}
	if draft.Name == "" {
		draft.Name = file.Name
	}
	kept, err := imports.Receive(ctx, a.Store, a.Owner(ctx), draft, file)
	if err != nil {
		return nil, a.uploadProblem(ctx, err)
	}
	a.WakeImporter()
	return &importLinksOutput{Location: importsPath + "/" + kept.ID, Body: newImport(kept)}, nil
}

// uploadProblem is why a file was not taken.
func (a *api) uploadProblem(ctx context.Context, err error) error {
	var long *http.MaxBytesError
	var broken *imports.UploadError
	switch {
	case errors.As(err, &long):
		return newKind(http.StatusRequestEntityTooLarge, "too-long", fmt.Sprintf("the file is longer than %d MiB; export it in parts", long.Limit>>20))
	case errors.Is(err, imports.ErrEmpty):
		return newKind(http.StatusBadRequest, "empty", "the file is empty; send it as the body")
	case errors.Is(err, bookmarks.ErrFormat):
		return newKind(http.StatusUnprocessableEntity, "format", bookmarks.ErrFormat.Error()+"; say what it is with ?format=")
	case errors.As(err, &broken):
		return newKind(http.StatusBadRequest, "upload", broken.Error())
	default:
		return a.problem(ctx, "import links", err)
	}
}

// describeUpload tells the OpenAPI document of the body that huma does not read.
func describeUpload(v1 huma.API) {
	binary := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	form := &huma.MediaType{Schema: &huma.Schema{
		Type:       huma.TypeObject,
		Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: "The file"}},
		Required:   []string{"file"},
		// What else a page has in its form is passed over.
		AdditionalProperties: true,
	}}
	v1.OpenAPI().Paths[importsPath].Post.RequestBody = &huma.RequestBody{
		Description: "The file as it is, or in a form",
		Required:    true,
		Content: map[string]*huma.MediaType{
			"application/octet-stream": binary, "text/html": binary, "text/csv": binary, "text/plain": binary, "application/json": binary,
			"multipart/form-data": form,
		},
	}
}
