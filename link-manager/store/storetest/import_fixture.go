package storetest

import (
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

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
