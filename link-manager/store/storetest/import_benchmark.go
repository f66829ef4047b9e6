package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// BenchmarkImport saves imported links in batches of some sizes; b.N counts the links.
func BenchmarkImport(b *testing.B, fresh func(t testing.TB) store.Config) {
	for _, size := range []int{100, 200, 500} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			f := newFixture(b, fresh(b))
			i, err := f.StartImport(b.Context(), "ann", store.ImportDraft{Format: bookmarks.List})
			if err == nil {
				_, err = f.SubmitImport(b.Context(), "ann", i.ID)
			}
			if err != nil {
				b.Fatal(err)
			}
			c := f.claimImport()
			b.ResetTimer()
			for n := 0; n < b.N; n += size {
				batch := store.ImportBatch{Position: c.Position + size}
				for i := range size {
					url := fmt.Sprintf("https://host-%d.example.com/some/page/%d", (n+i)%5000, n+i)
					draft := link.Draft{URL: url, Title: fmt.Sprintf("The title of page %d", n+i), Tags: []string{"imported", fmt.Sprintf("tag-%d", i%50)}}
					batch.Links = append(batch.Links, f.importable(draft, start.Add(-time.Duration(n+i)*time.Second)))
				}
				if c, err = f.SaveImported(b.Context(), c, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "links/s")
		})
	}
}
