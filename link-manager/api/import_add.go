package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
	"unicode/utf8"

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

	upload *upload
}

// Resolve takes hold of the body, which is longer than any other.
func (i *importLinksInput) Resolve(ctx huma.Context) []error {
	r, w := humachi.Unwrap(ctx)
	file := http.MaxBytesReader(w, r.Body, imports.MaxBytes)
	i.upload = &upload{from: file, extend: ctx.SetReadDeadline, contentType: ctx.Header("Content-Type"), began: time.Now()}
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
	file, name, err := input.upload.file()
	if err != nil {
		return nil, a.uploadProblem(ctx, err)
	}
	draft := store.ImportDraft{Name: input.Name, Format: bookmarks.Format(input.Format), Folders: input.Folders == foldersAsTags, Tags: tags}
	if draft.Name == "" && utf8.ValidString(name) && len(name) <= maxImportName {
		draft.Name = name
	}
	kept, err := imports.Receive(ctx, a.Store, a.Owner(ctx), draft, file)
	if err != nil {
		return nil, a.uploadProblem(ctx, err)
	}
	a.WakeImporter()
	return &importLinksOutput{Location: importsPath + "/" + kept.ID, Body: newImport(kept)}, nil
}

// maxImportName is the longest name of a file that is kept, in bytes.
const maxImportName = 200

// uploadProblem is why a file was not taken.
func (a *api) uploadProblem(ctx context.Context, err error) error {
	var long *http.MaxBytesError
	var broken *uploadError
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

// upload is a request's body: a file, or a form of a page with a file in it. It may take as long as it needs, but not
// stand still.
type upload struct {
	from        io.Reader
	contentType string
	extend      func(time.Time) error
	began       time.Time
}

const (
	// uploadStill is how long an upload may stand still.
	uploadStill = 30 * time.Second
	// uploadTime is how long it may take.
	uploadTime = time.Hour
)

// uploadError means that an upload broke off, or is none.
type uploadError struct{ problem string }

func (e *uploadError) Error() string { return e.problem }

// file is the file, and its name if a form has one.
func (u *upload) file() (file io.Reader, name string, err error) {
	kind, parameters, _ := mime.ParseMediaType(u.contentType) // what cannot be read is no form
	if kind != "multipart/form-data" {
		return u, "", nil
	}
	parts := multipart.NewReader(u, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, "", &uploadError{"the form has no file in it"}
		case err != nil:
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				return nil, "", err
			}
			return nil, "", &uploadError{"the form cannot be read"}
		case part.FileName() != "":
			return part, part.FileName(), nil
		}
	}
}

// Read implements io.Reader. It fails with an *uploadError if the upload breaks off.
func (u *upload) Read(p []byte) (int, error) {
	now := time.Now()
	deadline := now.Add(uploadStill)
	if end := u.began.Add(uploadTime); deadline.After(end) {
		deadline = end
	}
	_ = u.extend(deadline) // a connection without deadlines has no need of it
	n, err := u.from.Read(p)
	var long *http.MaxBytesError
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &long) {
		return n, err
	}
	return n, &uploadError{"the file did not arrive as a whole; send it again"}
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
