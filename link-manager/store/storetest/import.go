package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const importLease = 15 * time.Second

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
	"a new link has what the file says, its date, and is checked as routine": func(t *testing.T, f *fixture) {
		saved := start.Add(-1000 * time.Hour).UTC()
		l := f.importable(link.Draft{URL: "HTTPS://example.com/1", Title: "One", Description: "Words", Tags: []string{"a", "b"}}, saved)
		f.importAll(l, f.imported(page(2)))
		list := f.list("ann", store.Filter{})
		f.equal("links", len(list), 2)
		got := list[1]
		f.equal("link", got, link.Link{
			ID: got.ID, Owner: "ann", URL: "HTTPS://example.com/1", Title: "One", Description: "Words", Tags: []string{"a", "b"},
			Standing: link.Standing{Status: check.Pending, NextCheckAt: start.UTC()}, CreatedAt: saved, UpdatedAt: start.UTC(),
		})
		f.equal("a link without a date", list[0].CreatedAt, start.UTC())
		f.equal("found by a word", len(f.list("ann", store.Filter{Query: query(f.t, "words")})), 1)
		f.equal("found by a tag", len(f.list("ann", store.Filter{Tags: []string{"b"}})), 1)
		f.equal("in the lane a person waits for", len(f.claim(store.LaneAdded, 10)), 0)
		f.equal("in the routine lane", urls(f.claim(store.LaneDue, 10)), []string{page(1)})
		f.clock.pass(time.Second)
		f.equal("in the routine lane, later", urls(f.claim(store.LaneDue, 10)), []string{page(2)})
	},
	"a saved link gets what it lacks, and nothing is overwritten": func(t *testing.T, f *fixture) {
		bare := f.add("ann", page(1), "kept")
		full := f.addDraft("ann", link.Draft{URL: page(2), Title: "Two", Description: "Words", Tags: []string{"a"}})
		f.clock.pass(time.Minute)
		counts := f.importAll(f.importable(link.Draft{URL: page(1) + "#top", Title: "One", Description: "New words", Tags: []string{"more"}}, start.Add(-time.Hour)),
			f.importable(link.Draft{URL: page(2), Title: "Another", Description: "Other words", Tags: []string{"a"}}, time.Time{}))
		f.equal("counts", counts, store.ImportCounts{Merged: 1, Unchanged: 1})
		want := bare
		want.Revision = bare.Revision + 1 // or who read it before would overwrite what was merged
		want.Title, want.Description, want.Tags, want.UpdatedAt = "One", "New words", []string{"kept", "more"}, start.Add(time.Minute).UTC()
		f.equal("the bare one", f.get(bare), want)
		f.equal("the full one", f.get(full), full)
		f.equal("found by its new words", ids(f.list("ann", store.Filter{Query: query(f.t, "new words")})), []string{bare.ID})
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 2)
	},
	"what comes twice in a file is one link that has all of it": func(t *testing.T, f *fixture) {
		counts := f.importAll(f.imported(page(1)),
			f.importable(link.Draft{URL: page(1), Title: "One", Tags: []string{"b"}}, time.Time{}),
			f.importable(link.Draft{URL: page(1), Title: "Uno", Tags: []string{"a"}}, time.Time{}),
			f.imported(page(1)))
		f.equal("counts", counts, store.ImportCounts{Added: 1, Merged: 2, Unchanged: 1})
		list := f.list("ann", store.Filter{})
		f.equal("links", len(list), 1)
		f.equal("title and tags", []any{list[0].Title, list[0].Tags}, []any{"One", []string{"a", "b"}})
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 1)
	},
	"an import fills the room that there is, and refuses no more than what is beyond": func(t *testing.T, f *fixture) {
		f.config.MaxLinks = 3
		limited := f.open()
		f.add("ann", page(1))
		f.submitted("ann")
		c, err := limited.SaveImported(t.Context(), f.claimImport(), f.batch(7, page(2), page(3), page(4), page(5), page(4), page(2)))
		f.equal("error", err, nil)
		f.equal("counts", c.ImportCounts, store.ImportCounts{Added: 2, Unchanged: 1, Failed: 3})
		f.equal("position", c.Position, 7)
		l := f.importable(link.Draft{URL: page(1), Title: "One"}, time.Time{})
		c, err = limited.SaveImported(t.Context(), c, store.ImportBatch{Links: []store.Imported{f.imported(page(6)), l}, Position: 9})
		f.equal("error", err, nil)
		f.equal("counts of all", c.ImportCounts, store.ImportCounts{Added: 2, Merged: 1, Unchanged: 1, Failed: 4})
		var urls []string
		for _, l := range f.list("ann", store.Filter{}) {
			urls = append(urls, l.URL)
		}
		f.equal("links", sorted(urls), []string{page(1), page(2), page(3)})
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 3)
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), 3)
	},
	"imports pass no quota, however many there are at once": func(t *testing.T, f *fixture) {
		const most, imports, each = 50, 4, 40
		f.config.MaxLinks = most
		stores := []*store.Store{f.open(), f.open()}
		claims := make([]store.ImportClaim, imports)
		for i := range claims {
			f.submitted("ann")
			claims[i] = f.claimImport()
		}
		f.each(imports, func(ctx context.Context, i int) error {
			for from := 0; from < each; from += 10 {
				var urls []string
				for n := range 10 {
					urls = append(urls, page(i*each+from+n))
				}
				next, err := stores[i%2].SaveImported(ctx, claims[i], f.batch(from+10, urls...))
				if err != nil {
					return err
				}
				claims[i] = next
			}
			return nil
		})
		var all store.ImportCounts
		for _, c := range claims {
			all.Added, all.Failed = all.Added+c.Added, all.Failed+c.Failed
		}
		f.equal("counts", all, store.ImportCounts{Added: most, Failed: imports*each - most})
		f.equal("links", f.stats("ann").Links, most)
	},
	"a target that others have is shared, and hurried for nobody": func(t *testing.T, f *fixture) {
		fresh := f.checked("bob", page(1), check.OK)
		waiting := f.add("bob", page(2))
		f.importAll(f.imported(page(1)), f.imported(page(2)))
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), 2)
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), 4)
		for _, l := range f.list("ann", store.Filter{}) {
			f.equal("status", l.Status, check.Pending)
			f.equal("never checked", l.Checked(), false)
		}
		f.settle()
		f.equal("settled by what is known", len(f.list("ann", store.Filter{Status: check.Valid})), 1)
		f.equal("bob's", f.get(fresh).Status, check.Valid)
		f.equal("bob still waits for his own", urls(f.claim(store.LaneAdded, 10)), []string{waiting.URL})
		f.equal("routine", len(f.claim(store.LaneDue, 10)), 0)
	},
	"a target that rests comes no later than its place": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.OK)
		f.clock.pass(26 * time.Hour) // it is not fresh any more, and may not be due yet
		f.raw(fmt.Sprintf(`UPDATE targets SET due_at = %d`, start.Add(1000*time.Hour).UnixMicro()))
		f.importAll(f.imported(page(1)))
		f.equal("routine", urls(f.claim(store.LaneDue, 10)), []string{page(1)})
	},
	"a target that nobody wanted any more is checked as routine": func(t *testing.T, f *fixture) {
		f.delete(f.add("bob", page(1)))
		f.importAll(f.imported(page(1)))
		f.equal("in the lane a person waits for", len(f.claim(store.LaneAdded, 10)), 0)
		f.equal("routine", urls(f.claim(store.LaneDue, 10)), []string{page(1)})
		f.equal("orphans", f.number(`SELECT count(*) FROM targets WHERE orphaned_at IS NOT NULL`), 0)
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
	"two imports of the same links and people who save them do not get in each other's way": func(t *testing.T, f *fixture) {
		const links = 60
		owners := []string{"ann", "bob", "cid"}
		claims := map[string]store.ImportClaim{}
		for _, owner := range owners {
			f.submitted(owner)
			claims[owner] = f.claimImport()
		}
		f.each(len(owners), func(ctx context.Context, o int) error {
			claim := claims[owners[o]]
			for from := 0; from < links; from += 20 {
				var urls []string
				for i := range 20 {
					urls = append(urls, page((from+i)*(2*o+1)%links)) // each in an order of its own
				}
				next, err := f.SaveImported(ctx, claim, f.batch(from+20, urls...))
				if err != nil {
					return err
				}
				claim = next
				if _, err := f.Add(ctx, "dan"+owners[o], link.Draft{URL: page(from)}); err != nil {
					return err
				}
			}
			return nil
		})
		f.equal("owners", f.number(`SELECT sum(owners) FROM targets`), f.number(`SELECT count(*) FROM links`))
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), links)
	},
}

var exportTests = map[string]func(*testing.T, *fixture){
	"all links of the owner come once, oldest first": func(t *testing.T, f *fixture) {
		f.addDraft("ann", link.Draft{URL: page(1), Title: "One", Description: "Words", Tags: []string{"b", "a"}})
		f.add("bob", page(1))
		f.clock.pass(time.Hour)
		for i := range 4 {
			f.add("ann", page(i+2)) // all at the same time
		}
		var got []store.Exported
		for after := (store.Position{}); ; {
			page, err := f.Export(t.Context(), "ann", after, 2)
			f.equal("error", err, nil)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			last := page[len(page)-1]
			after = store.Position{At: last.CreatedAt, ID: last.ID}
		}
		var urls []string
		for _, l := range got {
			urls = append(urls, l.URL)
		}
		f.equal("urls", sorted(urls), []string{page(1), page(2), page(3), page(4), page(5)})
		f.equal("the oldest", got[0], store.Exported{ID: got[0].ID, Draft: link.Draft{URL: page(1), Title: "One", Description: "Words", Tags: []string{"a", "b"}}, CreatedAt: start.UTC()})
	},
}

// startImport begins an import of the owner.
func (f *fixture) startImport(owner string) store.Import {
	f.t.Helper()
	i, err := f.StartImport(f.t.Context(), owner, store.ImportDraft{Name: "b.html", Format: bookmarks.Netscape, Folders: true, Tags: []string{"new"}})
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

// submitted is an import of one piece that waits.
func (f *fixture) submitted(owner string) store.Import {
	f.t.Helper()
	i := f.startImport(owner)
	if err := f.AppendImport(f.t.Context(), owner, i.ID, 0, []byte("file")); err != nil {
		f.t.Fatal(err)
	}
	i, err := f.SubmitImport(f.t.Context(), owner, i.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

func (f *fixture) claimImport() store.ImportClaim {
	f.t.Helper()
	c, err := f.ClaimImport(f.t.Context(), importLease)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// importAll imports the links for ann, in one batch.
func (f *fixture) importAll(links ...store.Imported) store.ImportCounts {
	f.t.Helper()
	f.submitted("ann")
	c, err := f.SaveImported(f.t.Context(), f.claimImport(), store.ImportBatch{Links: links, Position: len(links)})
	if err != nil {
		f.t.Fatal(err)
	}
	return c.ImportCounts
}

func (f *fixture) forgetImports() {
	f.t.Helper()
	for {
		n, err := f.ForgetImports(f.t.Context(), 1)
		if err != nil {
			f.t.Fatal(err)
		}
		if n < 1 {
			return
		}
	}
}

// imported is a link that has nothing but its URL.
func (f *fixture) imported(url string) store.Imported {
	f.t.Helper()
	return f.importable(link.Draft{URL: url}, time.Time{})
}

// importable is a link as it will be saved.
func (f *fixture) importable(d link.Draft, createdAt time.Time) store.Imported {
	f.t.Helper()
	l, err := f.Importable(d, createdAt)
	if err != nil {
		f.t.Fatal(err)
	}
	return l
}

// batch is links to the URLs, read up to the position.
func (f *fixture) batch(position int, urls ...string) store.ImportBatch {
	b := store.ImportBatch{Position: position}
	for _, url := range urls {
		b.Links = append(b.Links, f.imported(url))
	}
	return b
}
