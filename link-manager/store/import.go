package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

// ImportState is how far an import is.
type ImportState string

const (
	// ImportReceiving means that its file is not there as a whole yet.
	ImportReceiving ImportState = "receiving"
	// ImportWaiting means that nobody works on it yet.
	ImportWaiting ImportState = "waiting"
	// ImportRunning means that somebody works on it, or did until a moment ago.
	ImportRunning ImportState = "running"
	// ImportCompleted means that all of its file was dealt with.
	ImportCompleted ImportState = "completed"
	// ImportFailed means that its file could not be read to the end. What came before is saved.
	ImportFailed ImportState = "failed"
	// ImportCancelled means that its owner stopped it. What came before is saved.
	ImportCancelled ImportState = "cancelled"
)

// Finished reports whether nothing more will happen.
func (s ImportState) Finished() bool {
	return s == ImportCompleted || s == ImportFailed || s == ImportCancelled
}

// ImportDraft is what an owner asks for with a file.
type ImportDraft struct {
	// Name is the file's, or empty.
	Name   string
	Format bookmarks.Format
	// Folders means that the names of folders become tags.
	Folders bool
	// Tags are given to every link (link.NormalizeTags).
	Tags []string
}

// Import is a file of links that its owner uploaded, and how far it is imported.
type Import struct {
	// ID is a UUIDv7 in lower case.
	ID    string
	Owner string
	ImportDraft
	State ImportState
	// Problem is why it failed, as a sentence.
	Problem string
	// Bytes is how much of the file there is; BytesRead how much of that is dealt with.
	Bytes, BytesRead int64
	ImportCounts
	// Position is how many items of the file are dealt with.
	Position  int
	CreatedAt time.Time
	// StartedAt and FinishedAt are zero for what has not happened yet.
	StartedAt, FinishedAt time.Time
}

// ImportCounts is what became of the items of a file.
type ImportCounts struct {
	// Added are new links.
	Added int
	// Merged were saved already, and lacked something that the file had.
	Merged int
	// Unchanged were saved already.
	Unchanged int
	// Skipped are of no use to us; Failed are broken.
	Skipped, Failed int
}

func (c ImportCounts) plus(d ImportCounts) ImportCounts {
	return ImportCounts{c.Added + d.Added, c.Merged + d.Merged, c.Unchanged + d.Unchanged, c.Skipped + d.Skipped, c.Failed + d.Failed}
}

var (
	// ErrNoImport means that there is no such import for this owner; whether somebody else has one is not told.
	ErrNoImport = errors.New("there is no such import")
	// ErrManyImports means that the owner has MaxImports that are not finished.
	ErrManyImports = fmt.Errorf("there are %d imports that are not finished already", MaxImports)
	// ErrImportFinished means that there is nothing left to stop.
	ErrImportFinished = errors.New("the import is finished")
)

// MaxImports is how many imports of one owner may be unfinished.
const MaxImports = 5

const importColumns = `
	id, owner, name, format, folders, tags, state, problem, bytes, bytes_read, position,
	added, merged, unchanged, skipped, failed, created_at, started_at, finished_at`

// scanImport reads importColumns; row is a *sql.Row or *sql.Rows. ErrNoImport if there is none.
func scanImport(row interface{ Scan(...any) error }) (Import, error) {
	var i Import
	var folders int
	var tags string
	err := row.Scan(&i.ID, &i.Owner, &i.Name, &i.Format, &folders, &tags, &i.State, &i.Problem, &i.Bytes, &i.BytesRead, &i.Position,
		&i.Added, &i.Merged, &i.Unchanged, &i.Skipped, &i.Failed, instant{&i.CreatedAt}, instant{&i.StartedAt}, instant{&i.FinishedAt})
	switch {
	case none(err):
		return Import{}, ErrNoImport
	case err != nil:
		return Import{}, err
	}
	i.Folders = folders != 0
	return i, json.Unmarshal([]byte(tags), &i.Tags)
}

// StartImport makes room for a file of the owner, which AppendImport fills and SubmitImport hands over. It fails with
// ErrManyImports.
func (s *Store) StartImport(ctx context.Context, owner string, d ImportDraft) (started Import, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Import{}, fmt.Errorf("start import: %w", err)
	}
	tags, err := json.Marshal(append([]string{}, d.Tags...))
	if err != nil {
		return Import{}, fmt.Errorf("start import: %w", err)
	}
	folders := 0
	if d.Folders {
		folders = 1
	}
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		var open int
		if err := tx.QueryRowContext(ctx, `
			SELECT count(*)
			FROM imports
			WHERE owner = $1 AND state IN ('receiving', 'waiting', 'running')`, owner).Scan(&open); err != nil {
			return err
		}
		if open >= MaxImports {
			return ErrManyImports
		}
		started, err = scanImport(tx.QueryRowContext(ctx, `
			INSERT INTO imports (id, owner, name, format, folders, tags, state, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, 'receiving', $7, $7)
			RETURNING `+importColumns, id.String(), owner, d.Name, d.Format, folders, string(tags), micros(s.now())))
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("start import: %w", err)
	}
	return started, nil
}

// AppendImport keeps the next piece of the file: number counts them from 0. It fails with ErrNoImport if the import is not
// being received, or not that far.
func (s *Store) AppendImport(ctx context.Context, owner, id string, number int, content []byte) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if err := changeOne(ctx, tx, ErrNoImport, `
			UPDATE imports
			SET chunks = chunks + 1, bytes = bytes + $4, updated_at = $5
			WHERE owner = $1 AND id = $2 AND state = 'receiving' AND chunks = $3`, owner, id, number, len(content), micros(s.now())); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO import_chunks (import_id, number, content) VALUES ($1, $2, $3)`, id, number, content)
		return err
	})
	if err != nil {
		return fmt.Errorf("receive import: %w", err)
	}
	return nil
}

// SubmitImport says that the file is there as a whole: from now on it can be claimed.
func (s *Store) SubmitImport(ctx context.Context, owner, id string) (submitted Import, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		submitted, err = scanImport(tx.QueryRowContext(ctx, `
			UPDATE imports
			SET state = 'waiting', updated_at = $3
			WHERE owner = $1 AND id = $2 AND state = 'receiving'
			RETURNING `+importColumns, owner, id, micros(s.now())))
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("submit import: %w", err)
	}
	return submitted, nil
}

// changeOne runs a statement that must change a row, or fails with missing.
func changeOne(ctx context.Context, tx querier, missing error, statement string, args ...any) error {
	changed, err := affected(tx.ExecContext(ctx, statement, args...))
	if err == nil && changed == 0 {
		return missing
	}
	return err
}
