package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Imports is what the API asks of the store about imports.
type Imports interface {
	imports.Inbox
	Import(ctx context.Context, owner, id string) (store.Import, error)
	Imports(ctx context.Context, owner string, after store.Position, limit int) ([]store.Import, error)
	ImportProblems(ctx context.Context, owner, id string, after, limit int) ([]store.ImportProblem, error)
	CancelImport(ctx context.Context, owner, id string) (store.Import, error)
}

// importsPath is where files are uploaded.
const importsPath = "/v1/imports"

// Import is an uploaded file of links in the API, and how far it is.
type Import struct {
	ID      string   `json:"id" format:"uuid" doc:"UUIDv7"`
	Name    string   `json:"name" doc:"The file's, as it was told"`
	Format  string   `json:"format" enum:"netscape,json,csv,list"`
	Folders string   `json:"folders" enum:"ignore,tags" doc:"tags: the names of folders become tags"`
	Tags    []string `json:"tags" nullable:"false" doc:"What every link is tagged with"`

	State     store.ImportState `json:"state" enum:"receiving,waiting,running,completed,failed,cancelled" doc:"The last three are final"`
	Problem   *string           `json:"problem" doc:"Why the file could not be read to its end; what came before is saved"`
	Bytes     int64             `json:"bytes" doc:"How long the file is, without the icons in it"`
	BytesRead int64             `json:"bytes_read" doc:"How much of that is dealt with"`

	Done      int `json:"done" doc:"Items of the file that are dealt with: the sum of the next five"`
	Added     int `json:"added" doc:"New links"`
	Merged    int `json:"merged" doc:"Links that were saved already and got a title, description or tags that they lacked"`
	Unchanged int `json:"unchanged" doc:"Links that were saved already"`
	Skipped   int `json:"skipped" doc:"Bookmarks of another kind, like javascript:"`
	Failed    int `json:"failed" doc:"What is broken"`

	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at" doc:"null while nobody worked on it"`
	FinishedAt *time.Time `json:"finished_at" doc:"null while it is not done"`
}

func newImport(i store.Import) Import {
	folders := foldersIgnored
	if i.Folders {
		folders = foldersAsTags
	}
	return Import{
		ID: i.ID, Name: i.Name, Format: string(i.Format), Folders: folders, Tags: append([]string{}, i.Tags...),
		State: i.State, Problem: orNull(i.Problem), Bytes: i.Bytes, BytesRead: i.BytesRead,
		Done:  i.Added + i.Merged + i.Unchanged + i.Skipped + i.Failed,
		Added: i.Added, Merged: i.Merged, Unchanged: i.Unchanged, Skipped: i.Skipped, Failed: i.Failed,
		CreatedAt: i.CreatedAt.UTC(), StartedAt: timeOrNull(i.StartedAt), FinishedAt: timeOrNull(i.FinishedAt),
	}
}

// What becomes of folders.
const (
	foldersIgnored = "ignore"
	foldersAsTags  = "tags"
)

type importID struct {
	ID string `path:"id"`
}

type importOutput struct{ Body Import }
