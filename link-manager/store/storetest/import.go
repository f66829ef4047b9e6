package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/store"
)

const importLease = 15 * time.Second

// importTests are about the job: its file, its claim, its end.
var importTests = map[string]func(*testing.T, *fixture){
	"a file is there in its pieces once it is handed over": func(t *testing.T, f *fixture) {
		i := f.startImport("ann")
		f.equal("state", i.State, store.ImportReceiving)
		_, err := f.ClaimImport(t.Context(), importLease)
		f.fails("claim what is not there yet", err, store.ErrNoImport)
		f.equal("error", f.AppendImport(t.Context(), "ann", i.ID, 0, []byte("one\x00")), nil)
		f.equal("error", f.AppendImport(t.Context(), "ann", i.ID, 1, []byte("two")), nil)
		f.fails("a piece again", f.AppendImport(t.Context(), "ann", i.ID, 1, []byte("two")), store.ErrNoImport)
		f.fails("somebody else's", f.AppendImport(t.Context(), "bob", i.ID, 2, []byte("three")), store.ErrNoImport)
		_, err = f.SubmitImport(t.Context(), "bob", i.ID)
		f.fails("submit somebody else's", err, store.ErrNoImport)
		i, err = f.SubmitImport(t.Context(), "ann", i.ID)
		f.equal("error", err, nil)
		f.equal("state", i.State, store.ImportWaiting)
		f.equal("bytes", i.Bytes, int64(7))
		f.fails("a piece afterwards", f.AppendImport(t.Context(), "ann", i.ID, 2, []byte("three")), store.ErrNoImport)
		for number, want := range []string{"one\x00", "two"} {
			piece, ok, err := f.ImportChunk(t.Context(), i.ID, number)
			f.equal("piece", []any{string(piece), ok, err}, []any{want, true, nil})
		}
		_, ok, err := f.ImportChunk(t.Context(), i.ID, 2)
		f.equal("after the last", []any{ok, err}, []any{false, nil})
		got, err := f.Import(t.Context(), "ann", i.ID)
		f.equal("import", []any{got, err}, []any{i, nil})
	},
	"only one at a time works on an import, until the lease ends": func(t *testing.T, f *fixture) {
		older, newer := f.submitted("ann"), f.submitted("bob")
		first := f.claimImport()
		f.equal("the older one", first.ID, older.ID)
		f.equal("the newer one", f.claimImport().ID, newer.ID)
		_, err := f.ClaimImport(t.Context(), importLease)
		f.fails("claim", err, store.ErrNoImport)
		f.clock.pass(importLease)
		second := f.claimImport()
		f.equal("again", second.ID, older.ID)
		_, err = f.SaveImported(t.Context(), first, f.batch(1, page(1)))
		f.fails("save with a lease that ended", err, store.ErrImportLost)
		f.fails("finish with it", f.FinishImport(t.Context(), first, ""), store.ErrImportLost)
		f.fails("release with it", f.ReleaseImport(t.Context(), first), store.ErrImportLost)
		f.equal("links", len(f.list("ann", store.Filter{})), 0)
		f.equal("error", f.ReleaseImport(t.Context(), second), nil)
		f.equal("released", f.claimImport().ID, older.ID)
	},
	"links and position are saved together, and nothing twice": func(t *testing.T, f *fixture) {
		f.submitted("ann")
		c := f.claimImport()
		next, err := f.SaveImported(t.Context(), c, f.batch(2, page(1), page(2)))
		f.equal("error", err, nil)
		_, err = f.SaveImported(t.Context(), c, f.batch(2, page(1), page(2)))
		f.fails("save it again", err, store.ErrImportLost)
		f.clock.pass(importLease)
		taken := f.claimImport()
		f.equal("position", taken.Position, 2)
		f.equal("counts", taken.ImportCounts, store.ImportCounts{Added: 2})
		_, err = f.SaveImported(t.Context(), next, f.batch(3, page(3)))
		f.fails("save beside the other", err, store.ErrImportLost)
		taken, err = f.SaveImported(t.Context(), taken, f.batch(3, page(3)))
		f.equal("error", err, nil)
		f.equal("error", f.FinishImport(t.Context(), taken, ""), nil)
		got, err := f.Import(t.Context(), "ann", taken.ID)
		f.equal("error", err, nil)
		f.equal("state", got.State, store.ImportCompleted)
		f.equal("counts", got.ImportCounts, store.ImportCounts{Added: 3})
		f.equal("links", len(f.list("ann", store.Filter{})), 3)
	},
	"problems are counted, and the first of them kept": func(t *testing.T, f *fixture) {
		f.submitted("ann")
		c := f.claimImport()
		b := store.ImportBatch{Position: store.MaxImportProblems + 10}
		for i := range store.MaxImportProblems + 10 {
			b.Problems = append(b.Problems, store.ImportProblem{Line: i + 1, Skipped: i%2 == 0, Title: "T", Problem: "P"})
		}
		c, err := f.SaveImported(t.Context(), c, b)
		f.equal("error", err, nil)
		f.equal("counts", c.ImportCounts, store.ImportCounts{Skipped: store.MaxImportProblems/2 + 5, Failed: store.MaxImportProblems/2 + 5})
		c, err = f.SaveImported(t.Context(), c, store.ImportBatch{Position: store.MaxImportProblems + 11, Problems: b.Problems[:1]})
		f.equal("error", err, nil)
		list, err := f.ImportProblems(t.Context(), "ann", c.ID, store.MaxImportProblems-2, 100)
		f.equal("problems", []any{list, err}, []any{[]store.ImportProblem{
			{Number: store.MaxImportProblems - 1, Line: store.MaxImportProblems - 1, Skipped: true, Title: "T", Problem: "P"},
			{Number: store.MaxImportProblems, Line: store.MaxImportProblems, Title: "T", Problem: "P"},
		}, nil})
		_, err = f.ImportProblems(t.Context(), "bob", c.ID, 0, 100)
		f.fails("somebody else's", err, store.ErrNoImport)
	},
	"a cancelled import saves nothing more": func(t *testing.T, f *fixture) {
		i := f.submitted("ann")
		c := f.claimImport()
		_, err := f.CancelImport(t.Context(), "bob", i.ID)
		f.fails("somebody else's", err, store.ErrNoImport)
		cancelled, err := f.CancelImport(t.Context(), "ann", i.ID)
		f.equal("state", []any{cancelled.State, err}, []any{store.ImportCancelled, nil})
		_, err = f.SaveImported(t.Context(), c, f.batch(1, page(1)))
		f.fails("save", err, store.ErrImportLost)
		_, err = f.CancelImport(t.Context(), "ann", i.ID)
		f.fails("cancel again", err, store.ErrImportFinished)
		_, err = f.CancelImport(t.Context(), "ann", "nonsense")
		f.fails("cancel nothing", err, store.ErrNoImport)
		_, err = f.ClaimImport(t.Context(), importLease)
		f.fails("claim", err, store.ErrNoImport)
	},
	"an import that failed says why": func(t *testing.T, f *fixture) {
		i := f.submitted("ann")
		f.equal("error", f.FinishImport(t.Context(), f.claimImport(), "line 7: nonsense"), nil)
		got, err := f.Import(t.Context(), "ann", i.ID)
		f.equal("import", []any{got.State, got.Problem, got.FinishedAt, err}, []any{store.ImportFailed, "line 7: nonsense", start.UTC(), nil})
	},
	"imports are listed newest first, to their owner": func(t *testing.T, f *fixture) {
		var want []string
		for range 3 {
			want = append([]string{f.submitted("ann").ID}, want...)
		}
		f.submitted("bob")
		var got []string
		for after := (store.Position{}); ; {
			page, err := f.Imports(t.Context(), "ann", after, 2)
			f.equal("error", err, nil)
			if len(page) == 0 {
				break
			}
			for _, i := range page {
				got = append(got, i.ID)
				after = store.Position{At: i.CreatedAt, ID: i.ID}
			}
		}
		f.equal("imports", got, want)
		_, err := f.Import(t.Context(), "bob", want[0])
		f.fails("somebody else's", err, store.ErrNoImport)
	},
	"an owner has only so many imports at a time": func(t *testing.T, f *fixture) {
		for range store.MaxImports {
			f.submitted("ann")
		}
		_, err := f.StartImport(t.Context(), "ann", store.ImportDraft{Format: bookmarks.List})
		f.fails("one more", err, store.ErrManyImports)
		f.startImport("bob")
		f.equal("error", f.FinishImport(t.Context(), f.claimImport(), ""), nil)
		f.startImport("ann")
	},
	"files go when they are not needed, and imports when they are old": func(t *testing.T, f *fixture) {
		done, waits, deleted, half := f.submitted("ann"), f.submitted("ann"), f.submitted("ann"), f.startImport("ann")
		f.equal("error", f.AppendImport(t.Context(), "ann", half.ID, 0, []byte("x")), nil)
		f.equal("error", f.FinishImport(t.Context(), f.claimImport(), ""), nil)
		f.fails("delete somebody else's", f.DeleteImport(t.Context(), "bob", deleted.ID), store.ErrNoImport)
		f.equal("error", f.DeleteImport(t.Context(), "ann", deleted.ID), nil)
		f.fails("delete again", f.DeleteImport(t.Context(), "ann", deleted.ID), store.ErrNoImport)
		_, err := f.Import(t.Context(), "ann", deleted.ID)
		f.fails("what is deleted", err, store.ErrNoImport)
		f.forgetImports()
		f.equal("pieces", f.number(`SELECT count(*) FROM import_chunks`), 2)
		f.equal("imports", f.number(`SELECT count(*) FROM imports`), 3)
		f.clock.pass(2 * time.Hour)
		f.forgetImports()
		f.equal("imports", f.number(`SELECT count(*) FROM imports`), 2)
		f.clock.pass(store.ImportsKept)
		f.forgetImports()
		_, err = f.Import(t.Context(), "ann", done.ID)
		f.fails("what is old", err, store.ErrNoImport)
		got, err := f.Import(t.Context(), "ann", waits.ID)
		f.equal("what waits", []any{got.State, err}, []any{store.ImportWaiting, nil})
		f.equal("pieces", f.number(`SELECT count(*) FROM import_chunks`), 1)
	},
}
