package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestAWrongQueryIsToldWithItsPlace(t *testing.T) {
	r := newRig(t)
	for query, says := range map[string]string{
		"a (b":      `at byte 2, \"(\": the parenthesis is not closed`,
		"is:broken": `at byte 0, \"is:broken\": there is no such state; write is:valid`,
		"ä cod:404": `at byte 3, \"cod:404\": there is no filter cod:`,
	} {
		p := r.do("GET", "/v1/links?q="+url.QueryEscape(query), "").problem(http.StatusBadRequest, says)
		if len(p.Errors) != 1 || p.Errors[0].Location != "query.q" {
			t.Errorf("%s: problem is %+v", query, p)
		}
	}
}

func TestPagesFollowTheOrderOfTheQuery(t *testing.T) {
	r := newRig(t)
	for _, title := range []string{"c", "a", "d", "b", "e"} {
		r.add(`{"url":"https://example.com/` + title + `","title":"` + title + `"}`)
	}
	for order, want := range map[string]string{"sort:title": "abcde", "sort:-title": "edcba", "sort:added": "cadbe", "": "ebdac", "sort:checked -d": "cabe"} {
		got, next := "", "/v1/links?limit=2&q="+url.QueryEscape(order)
		for {
			var p page
			r.do("GET", next, "").is(http.StatusOK, &p)
			for _, l := range p.Items {
				got += l.Title
			}
			if p.NextCursor == nil {
				break
			}
			next = "/v1/links?limit=2&q=" + url.QueryEscape(order) + "&cursor=" + *p.NextCursor
			r.do("GET", "/v1/links?limit=2&q=other&cursor="+*p.NextCursor, "").problem(http.StatusBadRequest, "query.cursor")
		}
		if order == "sort:checked -d" {
			if len(got) != len(want) {
				t.Errorf("%s: got %s", order, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", order, got, want)
		}
		r.clock = r.clock.Add(time.Second)
	}
}

func TestTotalsAreTold(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/1"}`)
	r.answer(check.OK, 200)
	r.add(`{"url":"https://example.com/2"}`)
	r.answer(check.NotFound, 404)
	r.add(`{"url":"https://example.com/3"}`)
	r.answer(check.Forbidden, 403)
	r.add(`{"url":"https://example.com/4"}`)
	var got api.Stats
	r.do("GET", "/v1/stats", "").is(http.StatusOK, &got)
	if diff := cmp.Diff(api.Stats{Links: 4, Valid: 1, Invalid: 1, Pending: 2, Failing: 1}, got); diff != "" {
		t.Error(diff)
	}
}

func TestALinkBeyondTheQuotaIsRefused(t *testing.T) {
	limited, err := store.Open(t.Context(), store.Config{Path: t.TempDir() + "/linkwell.db", MaxLinks: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = limited.Close() })
	l, err := limited.Add(t.Context(), "local", link.Draft{URL: "https://example.com/1"})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *api.Config) { c.Store = limited })
	p := r.do("POST", "/v1/links", `{"url":"https://example.com/2"}`).problem(http.StatusForbidden, "as many links as you may: 1")
	if p.Type != "urn:linkwell:problem:quota" {
		t.Errorf("type is %s", p.Type)
	}
	p = r.do("POST", "/v1/links", `{"url":"https://example.com/1"}`).problem(http.StatusConflict, "already saved")
	if p.Existing == nil || p.Existing.ID != l.ID {
		t.Errorf("existing is %+v", p.Existing)
	}
	var stats api.Stats
	r.do("GET", "/v1/stats", "").is(http.StatusOK, &stats)
	if stats.MaxLinks == nil || *stats.MaxLinks != 1 || stats.Links != 1 {
		t.Errorf("stats are %+v", stats)
	}
}

func TestSavedSearches(t *testing.T) {
	r := newRig(t)
	var saved, got api.Search
	a := r.do("POST", "/v1/searches", `{"name":"dead","query":"is:invalid"}`).is(http.StatusCreated, &saved)
	if location := a.header.Get("Location"); location != "/v1/searches/"+saved.ID {
		t.Errorf("Location is %q", location)
	}
	r.do("POST", "/v1/searches", `{"name":"dead","query":"a"}`).problem(http.StatusConflict, "already")
	r.do("POST", "/v1/searches", `{"name":"odd","query":"is:odd"}`).problem(http.StatusUnprocessableEntity, "body.query")
	r.do("POST", "/v1/searches", `{"name":"","query":"a"}`).problem(http.StatusUnprocessableEntity, "body.name")
	r.do("PATCH", "/v1/searches/"+saved.ID, `{"query":"is:valid"}`).is(http.StatusOK, &got)
	if got.Query != "is:valid" || got.Name != "dead" {
		t.Errorf("changed to %+v", got)
	}
	var list struct {
		Items      []api.Search `json:"items"`
		NextCursor *string      `json:"next_cursor"`
	}
	r.do("GET", "/v1/searches", "").is(http.StatusOK, &list)
	if diff := cmp.Diff([]api.Search{got}, list.Items); diff != "" {
		t.Error(diff)
	}
	r.do("DELETE", "/v1/searches/"+saved.ID, "").is(http.StatusNoContent, nil)
	r.do("GET", "/v1/searches/"+saved.ID, "").problem(http.StatusNotFound, "no such search")
}
