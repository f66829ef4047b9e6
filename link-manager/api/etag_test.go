package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

// next is the address of the next page; empty at the end.
func (a reply) next() string {
	address, isNext := strings.CutSuffix(a.header.Get("Link"), `>; rel="next"`)
	if !isNext {
		return ""
	}
	return strings.TrimPrefix(address, "<")
}

func (a reply) etag() string { return a.header.Get("ETag") }

func TestTheETagTellsTheOwnersChangesAndNoChecks(t *testing.T) {
	r := newRig(t)
	added := r.do("POST", "/v1/links", `{"url":"https://example.com/a"}`)
	path := added.header.Get("Location")
	get := func() string { return r.do("GET", path, "").is(http.StatusOK, nil).etag() }
	first := added.etag()
	if len(first) < 3 || first[0] != '"' || get() != first {
		t.Fatalf("ETag is %s when added, and %s when read", first, get())
	}
	r.answer(check.NotFound, 404)
	if got := get(); got != first {
		t.Errorf("a check made the ETag %s into %s", first, got)
	}
	seen := map[string]bool{first: true}
	// The clock stands still: two changes at one time are still two.
	for _, patch := range []string{`{"title":"T"}`, `{"title":"U"}`, `{"tags":["a"]}`, `{"add_tags":["b"]}`, `{"overrule":"fine"}`, `{"overrule":null}`, `{"url":"https://example.com/b"}`} {
		a := r.do("PATCH", path, patch).is(http.StatusOK, nil)
		if a.etag() != get() || seen[a.etag()] {
			t.Errorf("after %s the ETag is %s, and %s when read", patch, a.etag(), get())
		}
		seen[a.etag()] = true
		if again := r.do("PATCH", path, patch).is(http.StatusOK, nil); again.etag() != a.etag() {
			t.Errorf("%s changed nothing and the ETag %s became %s", patch, a.etag(), again.etag())
		}
	}
}

func TestChangesThatExpectAnotherLinkDoNothing(t *testing.T) {
	r := newRig(t)
	added := r.do("POST", "/v1/links", `{"url":"https://example.com/a"}`)
	path, old := added.header.Get("Location"), added.etag()
	r.answer(check.OK, 200)
	now := r.do("PATCH", path, `{"title":"one"}`, "If-Match", old).is(http.StatusOK, nil).etag()
	for name, match := range map[string]string{"an old one": old, "a weak one": "W/" + now, "another": `"x"`, "several": old + `, "y"`} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			r.do("PATCH", path, `{"title":"two"}`, "If-Match", match).problem(http.StatusPreconditionFailed, "If-Match")
			r.do("DELETE", path, "", "If-Match", match).problem(http.StatusPreconditionFailed, "If-Match")
		})
	}
	r.t = t
	for _, match := range []string{"3", `"3`, `"3" "4"`, `"3",`, "**"} {
		r.do("PATCH", path, `{"title":"two"}`, "If-Match", match).problem(http.StatusBadRequest, "header.If-Match")
	}
	if got := r.do("GET", path, "").etag(); got != now {
		t.Errorf("ETag is %s, want %s", got, now)
	}
	r.do("PATCH", path, `{"title":"two"}`, "If-Match", `"x", `+now).is(http.StatusOK, nil)
	r.do("PATCH", path, `{"title":"three"}`, "If-Match", "*").is(http.StatusOK, nil)
	r.do("DELETE", path, "", "If-Match", r.do("GET", path, "").etag()).is(http.StatusNoContent, nil)
	r.do("DELETE", path, "", "If-Match", "*").problem(http.StatusNotFound, "no such link")
}

func TestALinkThatSomebodyHasIsNotSentAgain(t *testing.T) {
	r := newRig(t)
	added := r.do("POST", "/v1/links", `{"url":"https://example.com/a"}`)
	path, tag := added.header.Get("Location"), added.etag()
	for _, match := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		a := r.do("GET", path, "", "If-None-Match", match).is(http.StatusNotModified, nil)
		if len(a.body) != 0 || a.etag() != tag {
			t.Errorf("%s: body is %q, ETag %s", match, a.body, a.etag())
		}
	}
	r.do("GET", path, "", "If-None-Match", `"x"`).is(http.StatusOK, nil)
	r.do("GET", path, "", "If-None-Match", "x").problem(http.StatusBadRequest, "header.If-None-Match")
	if got := r.do("GET", path, "").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q: a browser would ask with If-None-Match by itself, and miss what checks found", got)
	}
}

func TestAListTellsWhereItsNextPageIs(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"a", "b", "c"} {
		r.add(`{"url":"https://example.com/` + name + `","tags":["c++"]}`)
	}
	var seen []string
	for next := "/v1/links?tag=c%2B%2B&q=&limit=2"; next != ""; {
		var p page
		a := r.do("GET", next, "").is(http.StatusOK, &p)
		seen = append(seen, urls(p.Items)...)
		next = a.next()
		if (next == "") != (p.NextCursor == nil) {
			t.Errorf("Link is %q, and next_cursor %v", next, p.NextCursor)
		}
	}
	if len(seen) != 3 {
		t.Errorf("seen: %v", seen)
	}
}
