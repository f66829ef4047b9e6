package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
)

type trashPage struct {
	Items      []api.TrashedLink `json:"items"`
	NextCursor *string           `json:"next_cursor"`
}

func (r *rig) trash() trashPage {
	r.t.Helper()
	var p trashPage
	r.do("GET", "/v1/trash", "").is(http.StatusOK, &p)
	return p
}

func TestADeletedLinkCanBeBroughtBack(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a","title":"T","tags":["a"]}`)
	r.answer(check.OK, 200)
	r.do("GET", "/v1/links/"+l.ID, "").is(http.StatusOK, &l)
	r.clock = r.clock.Add(time.Minute)
	r.do("DELETE", "/v1/links/"+l.ID, "").is(http.StatusNoContent, nil)
	r.do("GET", "/v1/links/"+l.ID, "").problem(http.StatusNotFound, "no such link")
	want := []api.TrashedLink{{
		ID: l.ID, URL: l.URL, Title: "T", Tags: []string{"a"}, CreatedAt: start, UpdatedAt: start,
		TrashedAt: r.clock, GoneAt: r.clock.Add(30 * 24 * time.Hour),
	}}
	if diff := cmp.Diff(want, r.trash().Items); diff != "" {
		t.Error(diff)
	}
	woken := r.woken.Load()
	var got api.Link
	r.do("POST", "/v1/links/"+l.ID+"/restore", "").is(http.StatusOK, &got)
	l.NextCheckAt = got.NextCheckAt
	if diff := cmp.Diff(l, got); diff != "" {
		t.Error(diff)
	}
	if r.woken.Load() == woken {
		t.Error("nobody was woken")
	}
	if left := r.trash().Items; len(left) != 0 {
		t.Errorf("in the trash is still %v", left)
	}
}

func TestARestoredLinkDoesNotReplaceOneThatWasSavedMeanwhile(t *testing.T) {
	r := newRig(t)
	old := r.add(`{"url":"https://example.com/a"}`)
	r.do("DELETE", "/v1/links/"+old.ID, "").is(http.StatusNoContent, nil)
	again := r.add(`{"url":"https://example.com/a"}`)
	p := r.do("POST", "/v1/links/"+old.ID+"/restore", "").problem(http.StatusConflict, "already saved")
	if p.Existing == nil || p.Existing.ID != again.ID {
		t.Errorf("existing is %+v", p.Existing)
	}
	if left := r.trash().Items; len(left) != 1 {
		t.Errorf("in the trash is %v", left)
	}
}

func TestWhatIsPurgedIsGone(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	r.do("DELETE", "/v1/trash/"+l.ID, "").problem(http.StatusNotFound, "no such link")
	r.do("DELETE", "/v1/links/"+l.ID, "").is(http.StatusNoContent, nil)
	r.do("DELETE", "/v1/trash/"+l.ID, "").is(http.StatusNoContent, nil)
	r.do("POST", "/v1/links/"+l.ID+"/restore", "").problem(http.StatusNotFound, "no such link")
	l = r.add(`{"url":"https://example.com/a"}`)
	r.do("DELETE", "/v1/links/"+l.ID+"?purge=true", "").is(http.StatusNoContent, nil)
	if left := r.trash().Items; len(left) != 0 {
		t.Errorf("in the trash is %v", left)
	}
}

func TestTheTrashHasPages(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"a", "b", "c"} {
		l := r.add(`{"url":"https://example.com/` + name + `"}`)
		r.do("DELETE", "/v1/links/"+l.ID, "").is(http.StatusNoContent, nil)
	}
	seen := map[string]bool{}
	next, pages := "/v1/trash?limit=2", 0
	for ; next != ""; pages++ {
		var p trashPage
		a := r.do("GET", next, "").is(http.StatusOK, &p)
		for _, l := range p.Items {
			seen[l.URL] = true
		}
		next = a.next()
	}
	if len(seen) != 3 || pages != 2 {
		t.Errorf("%d pages with %v", pages, seen)
	}
	for _, cursor := range []string{"x", "e30", "eyJkIjoxLCJpIjoieCJ9"} {
		r.do("GET", "/v1/trash?cursor="+cursor, "").problem(http.StatusBadRequest, "query.cursor")
	}
}
