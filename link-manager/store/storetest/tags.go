package storetest

import (
	"fmt"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var tagTests = map[string]func(*testing.T, *fixture){
	"tags are counted, by their owner's links alone": func(t *testing.T, f *fixture) {
		f.add("ann", page(1), "go", "go-tools")
		f.add("ann", page(2), "go", "100%")
		f.add("bob", page(3), "go", "secret")
		f.tags("", "", 10, []store.TagCount{{Tag: "100%", Links: 1}, {Tag: "go", Links: 2}, {Tag: "go-tools", Links: 1}})
		f.tags("GO", "", 10, []store.TagCount{{Tag: "go", Links: 2}, {Tag: "go-tools", Links: 1}})
		f.tags("%", "", 10, []store.TagCount{})
		f.tags("", "go", 1, []store.TagCount{{Tag: "go-tools", Links: 1}})
	},
	"a tag is replaced on all links, however many, and changes no others": func(t *testing.T, f *fixture) {
		const links = 230
		var last link.Link
		for i := range links {
			last = f.add("ann", page(i), "old", fmt.Sprintf("n%d", i%2))
		}
		f.add("ann", page(links), "new", "old")
		bob := f.add("bob", page(1), "old")
		n, err := f.ReplaceTag(t.Context(), "ann", "old", "new")
		f.equal("error", err, nil)
		f.equal("changed", n, links+1)
		f.tags("o", "", 10, []store.TagCount{})
		f.tags("ne", "", 10, []store.TagCount{{Tag: "new", Links: links + 1}})
		f.equal("bob's", f.get(bob).Tags, []string{"old"})
		f.equal("tags", f.get(last).Tags, []string{"n1", "new"})
		if got := f.get(last).Revision; got != 1 {
			t.Errorf("revision is %d", got)
		}
		f.equal("found by its word", len(f.list("ann", store.Filter{Query: query(t, "new")})), links+1)
		n, err = f.ReplaceTag(t.Context(), "ann", "new", "")
		f.equal("error", err, nil)
		f.equal("taken away", n, links+1)
		f.equal("links", len(f.list("ann", store.Filter{})), links+1)
	},
	"an owner's hosts are counted by status": func(t *testing.T, f *fixture) {
		f.checked("ann", "https://a.example/1", check.OK)
		f.checked("ann", "https://a.example/2", check.NotFound)
		f.add("ann", "https://b.example/")
		f.add("bob", "https://secret.example/")
		f.hosts("ann", []store.OwnedHost{{Host: "a.example", Links: 2, Valid: 1, Invalid: 1}, {Host: "b.example", Links: 1, Pending: 1}})
		got, err := f.OwnedHosts(t.Context(), "ann", "a.example", 1)
		f.equal("error", err, nil)
		f.equal("after the first", len(got), 1)
	},
	"that a host is paused is told to those whose links it did not answer": func(t *testing.T, f *fixture) {
		ann := f.add("ann", "https://a.example/1")
		claim := f.claimOne(store.LaneAdded)
		f.add("bob", "https://a.example/2")
		asked := answerTo(claim, check.RateLimited)
		asked.RetryAfterSeconds = 3600
		f.equal("outcome", f.apply(asked), store.Applied)
		f.settle()
		f.equal("status", f.get(ann).Status, check.Pending)
		f.hosts("ann", []store.OwnedHost{{Host: "a.example", Links: 1, Pending: 1, Paused: true}})
		f.hosts("bob", []store.OwnedHost{{Host: "a.example", Links: 1, Pending: 1}})
	},
}

func (f *fixture) tags(prefix, after string, limit int, want []store.TagCount) {
	f.t.Helper()
	got, err := f.Tags(f.t.Context(), "ann", prefix, after, limit)
	f.equal("error", err, nil)
	f.equal("tags", got, want)
}

func (f *fixture) hosts(owner string, want []store.OwnedHost) {
	f.t.Helper()
	got, err := f.OwnedHosts(f.t.Context(), owner, "", 10)
	f.equal("error", err, nil)
	f.equal("hosts of "+owner, got, want)
}
