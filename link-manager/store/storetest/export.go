package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

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
