package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
)

// The defects of the predecessor that an API can have, by their numbers.

func TestD02EveryLinkCanBeReachedByPaging(t *testing.T) {
	r := newRig(t)
	for i := range 12 {
		r.add(fmt.Sprintf(`{"url":"https://example.com/%d"}`, i))
	}
	first := r.list("?limit=10")
	if first.NextCursor == nil {
		t.Fatal("there is no next page")
	}
	if second := r.list("?limit=10&cursor=" + *first.NextCursor); len(first.Items)+len(second.Items) != 12 {
		t.Errorf("%d and %d links are on the pages", len(first.Items), len(second.Items))
	}
}

func TestD05FiltersAndPagesWorkByTheNamesThatAreDescribed(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/1","title":"one"}`)
	r.add(`{"url":"https://example.com/2","title":"two"}`)
	if got := urls(r.list("?q=one").Items); len(got) != 1 || got[0] != "https://example.com/1" {
		t.Errorf("found %v", got)
	}
	for _, name := range []string{"url_regex", "title_regex", "start_token", "start"} {
		r.do("GET", "/v1/links?"+name+"=x", "").problem(http.StatusBadRequest, "query."+name)
	}
}

func TestD06TagsAreListsWhenTheyAreSavedAndWhenTheyAreAdded(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/1","tags":["a"]}`)
	var got api.Link
	r.do("PATCH", "/v1/links/"+l.ID, `{"add_tags":["b"]}`).is(http.StatusOK, &got)
	if strings.Join(got.Tags, ",") != "a,b" {
		t.Errorf("tags are %v", got.Tags)
	}
	r.do("POST", "/v1/links", `{"url":"https://example.com/2","tags":"a"}`).problem(http.StatusUnprocessableEntity, "body.tags")
}

func TestD28WhatIsWrongWithARequestIsNeverOurFault(t *testing.T) {
	r := newRig(t)
	r.do("POST", "/v1/links", `{"url":`).problem(http.StatusBadRequest, "body")
	r.do("POST", "/v1/links", `{"url":"x"}`).problem(http.StatusUnprocessableEntity, "url")
	if body := strings.TrimSpace(string(r.do("GET", "/v1/links", "").body)); !strings.HasPrefix(body, `{"items":[]`) {
		t.Errorf("an empty list is %s", body)
	}
}

func TestD29AWordWithASpaceArrivesAsItWasMeant(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/1","title":"by Gigi Sayfan"}`)
	for _, query := range []string{"?q=Gigi+Sayfan", "?q=Gigi%20Sayfan"} {
		if got := r.list(query).Items; len(got) != 1 {
			t.Errorf("%s finds %v", query, urls(got))
		}
	}
	r.do("GET", "/v1/links?q=is:Gigi+Sayfan", "").problem(http.StatusBadRequest, `\"is:Gigi\"`)
	r.do("GET", "/v1/links?q=is:Gigi%2BSayfan", "").problem(http.StatusBadRequest, `\"is:Gigi+Sayfan\"`)
}

func TestD31AnErrorIsLoggedAndNoLinkIs(t *testing.T) {
	var lines bytes.Buffer
	r := newRig(t, func(c *api.Config) {
		c.Store = brokenStore{err: errors.New("the disk is away")}
		c.Logger = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	r.do("POST", "/v1/links", `{"url":"https://secret.example/"}`).problem(http.StatusServiceUnavailable, "try again")
	if log := lines.String(); !strings.Contains(log, "the disk is away") || strings.Contains(log, "secret.example") {
		t.Errorf("the log is %q", log)
	}
}
