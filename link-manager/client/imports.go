package client

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"
)

const importsPath = "/v1/imports"

func importPath(id string) string { return importsPath + "/" + url.PathEscape(id) }

// Import is an uploaded file of links, and how far it is.
type Import struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Format is netscape, json, csv or list; Folders is tags if the names of folders become tags, else ignore.
	Format  string   `json:"format"`
	Folders string   `json:"folders"`
	Tags    []string `json:"tags"`
	// State is receiving, waiting, running, or one of the final: completed, failed, cancelled.
	State string `json:"state"`
	// Problem is why it failed; what came before is saved.
	Problem *string `json:"problem"`
	// Bytes is how long the file is, BytesRead how much of that is dealt with.
	Bytes     int64 `json:"bytes"`
	BytesRead int64 `json:"bytes_read"`
	// Done is how many items of the file are dealt with: the sum of the next five.
	Done      int `json:"done"`
	Added     int `json:"added"`
	Merged    int `json:"merged"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
	Failed    int `json:"failed"`

	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
}

// ImportProblem says what in a file is no link that could be saved.
type ImportProblem struct {
	// Number counts them from 1; Line is where it begins in the file, from 1.
	Number int `json:"number"`
	Line   int `json:"line"`
	// Kind is skipped for a bookmark of another kind, failed for what is broken.
	Kind    string `json:"kind"`
	Title   string `json:"title"`
	Problem string `json:"problem"`
}

// Upload says how a file is to be imported. The zero value is a good choice.
type Upload struct {
	// Name is the file's, to know it by.
	Name string
	// Format is netscape, json, csv or list; empty has it found out.
	Format string
	// FolderTags makes tags of the names of folders.
	FolderTags bool
	// Tags are given to every link.
	Tags []string
}

// ImportLinks uploads a file; its links are saved in the background. It is never tried again, because the file is read but
// once, and takes as long as that takes.
func (c *Client) ImportLinks(ctx context.Context, file io.Reader, how Upload) (Import, error) {
	query := url.Values{}
	for name, value := range map[string]string{"name": how.Name, "format": how.Format} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if how.FolderTags {
		query.Set("folders", "tags")
	}
	if len(how.Tags) > 0 {
		query["tag"] = how.Tags
	}
	var i Import
	r := request{method: http.MethodPost, path: importsPath, query: query, body: func() io.Reader { return io.NopCloser(file) }}
	return i, c.openedJSON(ctx, r.with("Content-Type", "application/octet-stream"), &i)
}

// ListImports lists imports, newest first.
func (c *Client) ListImports(ctx context.Context) iter.Seq2[Import, error] {
	return pages[Import](ctx, c, importsPath, nil, 0, maxLinksPage)
}

// GetImport returns one, and how far it is.
func (c *Client) GetImport(ctx context.Context, id string) (Import, error) {
	var i Import
	return i, c.get(ctx, importPath(id), nil, &i)
}

// maxProblemsPage is the largest page of an import's problems.
const maxProblemsPage = 1000

// ListImportProblems lists what in its file is no link that could be saved, in the order of the file.
func (c *Client) ListImportProblems(ctx context.Context, id string) iter.Seq2[ImportProblem, error] {
	return pages[ImportProblem](ctx, c, importPath(id)+"/problems", nil, 0, maxProblemsPage)
}

// CancelImport stops an import; what it saved stays.
func (c *Client) CancelImport(ctx context.Context, id string) (Import, error) {
	var i Import
	_, err := c.post(ctx, request{path: importPath(id) + "/cancel"}, nil, &i)
	return i, err
}

// DeleteImport forgets an import; what it saved stays.
func (c *Client) DeleteImport(ctx context.Context, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: importPath(id)}, nil)
	return err
}

// ExportLinks writes all links to w, as netscape, json or csv. If it fails, what was written is not whole.
func (c *Client) ExportLinks(ctx context.Context, format string, w io.Writer) error {
	res, err := c.open(ctx, request{method: http.MethodGet, path: "/v1/exports", query: url.Values{"format": {format}}})
	if err != nil {
		return ended(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(w, res.Body); err != nil {
		return ended(ctx, &UnreachableError{Server: c.config.Server, Err: err, sent: true})
	}
	return nil
}
