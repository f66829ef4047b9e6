package bookmarks_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

// BenchmarkRead reads files of 100,000 links.
func BenchmarkRead(b *testing.B) {
	const links = 100_000
	for _, format := range []bookmarks.Format{bookmarks.Netscape, bookmarks.JSON, bookmarks.CSV} {
		b.Run(string(format), func(b *testing.B) {
			var file bytes.Buffer
			w, err := bookmarks.Create(&file, format)
			if err != nil {
				b.Fatal(err)
			}
			for i := range links {
				if err := w.Write(bookmarks.Item{
					URL: fmt.Sprintf("https://host-%d.example.com/some/page/%d?with=query", i%5000, i), Title: fmt.Sprintf("The title of page %d & more", i),
					Tags: []string{"go", "web"}, AddedAt: time.Unix(1500000000+int64(i), 0),
				}); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(file.Len()))
			b.ReportAllocs()
			for b.Loop() {
				r, err := bookmarks.Open(bytes.NewReader(file.Bytes()), "")
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for ; err == nil; n++ {
					_, err = r.Next()
				}
				if !errors.Is(err, io.EOF) || n != links+1 {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/file")
		})
	}
}
