package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// importedTests are about what an import saves.
var importedTests = map[string]func(*testing.T, *fixture){
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
	"checks begin about when a large file is stored, and then one after another": func(t *testing.T, f *fixture) {
		i := f.startImport("ann")
		for number := range 3 {
			if err := f.AppendImport(t.Context(), "ann", i.ID, number, make([]byte, 900_000)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.SubmitImport(t.Context(), "ann", i.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := f.SaveImported(t.Context(), f.claimImport(), f.batch(2, page(1), page(2))); err != nil {
			t.Fatal(err)
		}
		f.clock.pass(3*time.Second - time.Millisecond) // for 2.7 MB
		f.equal("early", len(f.claim(store.LaneDue, 10)), 0)
		f.clock.pass(time.Millisecond)
		f.equal("first", urls(f.claim(store.LaneDue, 10)), []string{page(1)})
		f.clock.pass(20 * time.Millisecond)
		f.equal("second", urls(f.claim(store.LaneDue, 10)), []string{page(2)})
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
