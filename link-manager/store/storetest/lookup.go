package storetest

import (
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
)

var lookupTests = map[string]func(*testing.T, *fixture){
	"a link is looked up however its url is spelled, by its owner alone": func(t *testing.T, f *fixture) {
		l := f.add("ann", "https://example.com/a")
		got, err := f.Lookup(t.Context(), "ann", "HTTPS://Example.com:443/./a#top")
		f.equal("error", err, nil)
		f.equal("found", got, l)
		for owner, url := range map[string]string{"bob": "https://example.com/a", "ann": "https://example.com/b"} {
			_, err := f.Lookup(t.Context(), owner, url)
			f.fails(owner, err, link.ErrNotFound)
		}
		_, err = f.Lookup(t.Context(), "ann", "nonsense")
		f.failsField("nonsense", err, "url")
	},
	"links are similar that another scheme, www, slash, order or tracking tells apart": func(t *testing.T, f *fixture) {
		asked := "https://example.com/a?x=1&y=2"
		same := f.add("ann", asked)
		f.add("ann", "https://example.com/b?x=1&y=2")
		f.add("bob", "http://example.com/a?x=1&y=2")
		var want []string
		for _, url := range []string{"http://example.com/a?x=1&y=2", "https://www.example.com/a?x=1&y=2", "https://example.com/a/?y=2&x=1", asked + "&utm_source=s"} {
			want = append(want, f.add("ann", url).ID)
		}
		got, err := f.Similar(t.Context(), "ann", asked, 10)
		f.equal("error", err, nil)
		f.equal("similar", sorted(ids(got)), sorted(want))
		f.equal("itself", same.URL, asked)
		got, err = f.Similar(t.Context(), "ann", asked, 2)
		f.equal("error", err, nil)
		f.equal("no more than asked for", len(got), 2)
	},
	"tracking parameters make no difference, and are opened as typed": func(t *testing.T, f *fixture) {
		tracking, err := link.ParseTracking(strings.Split(link.DefaultTracking, ","))
		f.equal("error", err, nil)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.config.Tracking = tracking
		f.Store = f.open()
		const typed = "https://example.com/a?utm_source=news&id=7"
		l := f.add("ann", typed)
		f.equal("as typed", f.get(l).URL, typed)
		f.equal("URL to check", f.claim("added", 1)[0].URL, "https://example.com/a?id=7")
		_, err = f.Add(t.Context(), "ann", link.Draft{URL: "https://example.com/a?id=7&fbclid=x"})
		f.failsDuplicate("again", err, f.get(l))
		url := "https://example.com/a?id=7&gclid=1"
		got, err := f.Lookup(t.Context(), "ann", url)
		f.equal("error", err, nil)
		f.equal("found", got.ID, l.ID)
		f.equal("targets", f.number(`SELECT count(*) FROM targets`), 1)
	},
}
