package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/api"
)

func (r *rig) tags(query string) []api.Tag {
	r.t.Helper()
	var p struct {
		Items      []api.Tag `json:"items"`
		NextCursor *string   `json:"next_cursor"`
	}
	r.do("GET", "/v1/tags"+query, "").is(http.StatusOK, &p)
	return p.Items
}

func TestTagsAreCountedRenamedMergedAndDeleted(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/1","tags":["c/c++","go"]}`)
	r.add(`{"url":"https://example.com/2","tags":["go","golang"]}`)
	expect := func(what string, want ...api.Tag) {
		t.Helper()
		if diff := cmp.Diff(want, r.tags("")); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
	expect("at first", api.Tag{Tag: "c/c++", Links: 1}, api.Tag{Tag: "go", Links: 2}, api.Tag{Tag: "golang", Links: 1})
	if got := r.tags("?prefix=Go"); len(got) != 2 {
		t.Errorf("with the prefix: %v", got)
	}
	var did api.Retagged
	r.do("PATCH", "/v1/tags/c%2Fc++", `{"tag":"#C"}`).is(http.StatusOK, &did)
	if did != (api.Retagged{Tag: "c", Changed: 1}) {
		t.Errorf("renamed: %+v", did)
	}
	r.do("PATCH", "/v1/tags/golang", `{"tag":"go"}`).problem(http.StatusConflict, "/v1/tags/merge")
	r.do("PATCH", "/v1/tags/none", `{"tag":"x"}`).problem(http.StatusNotFound, "no such tag")
	r.do("PATCH", "/v1/tags/go", `{"tag":"x y"}`).problem(http.StatusUnprocessableEntity, "body.tag")
	r.do("POST", "/v1/tags/merge", `{"tags":["golang","c","none"],"into":"Go"}`).is(http.StatusOK, &did)
	if did != (api.Retagged{Tag: "go", Changed: 2}) {
		t.Errorf("merged: %+v", did)
	}
	r.do("POST", "/v1/tags/merge", `{"tags":["go",""],"into":"x"}`).problem(http.StatusUnprocessableEntity, "body.tags[1]")
	expect("merged", api.Tag{Tag: "go", Links: 2})
	r.do("DELETE", "/v1/tags/go", "").is(http.StatusNoContent, nil)
	r.do("DELETE", "/v1/tags/go", "").problem(http.StatusNotFound, "no such tag")
	if got := r.tags(""); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
	r.do("GET", "/v1/links/"+l.ID, "").is(http.StatusOK, nil)
}

func TestTagsAndHostsHavePages(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"a", "b", "c"} {
		r.add(`{"url":"https://` + name + `.example/","tags":["` + name + `"]}`)
	}
	for _, path := range []string{"/v1/tags?limit=2", "/v1/hosts?limit=2"} {
		pages := 0
		for next := path; next != ""; pages++ {
			next = r.do("GET", next, "").is(http.StatusOK, nil).next()
		}
		if pages != 2 {
			t.Errorf("%s has %d pages", path, pages)
		}
		r.do("GET", path+"&cursor=x", "").problem(http.StatusBadRequest, "query.cursor")
	}
}
