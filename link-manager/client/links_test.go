package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
)

func TestALinkIsSavedChangedDeletedAndRestored(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	saved, err := r.AddLink(ctx, client.Draft{URL: "https://Example.com/a", Title: "T", Description: "D", Tags: []string{"Go"}})
	if err != nil || saved.Status != check.Pending || saved.ETag == "" || saved.Reason != nil || saved.CheckedAt != nil || !slices.Equal(saved.Tags, []string{"go"}) {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	r.answer(check.NotFound, 404)
	got, err := r.GetLink(ctx, saved.ID)
	if err != nil || got.Status != check.Invalid || *got.Reason != check.NotFound || got.LastCheck == nil || *got.LastCheck.HTTPStatus != 404 || got.ETag != saved.ETag {
		t.Errorf("got %+v, %v", got, err)
	}
	changed, err := r.ChangeLink(ctx, saved.ID, client.Change{
		Title: new(""), AddTags: []string{"b"}, RemoveTags: []string{"go"}, Overrule: new(client.Fine), IfMatch: saved.ETag,
	})
	if err != nil || changed.Title != "" || changed.Description != "D" || !slices.Equal(changed.Tags, []string{"b"}) || changed.Overrule != client.Fine || changed.Status != check.Valid || changed.ETag == saved.ETag {
		t.Errorf("changed %+v, %v", changed, err)
	}
	if _, err = r.ChangeLink(ctx, saved.ID, client.Change{Title: new("late"), IfMatch: saved.ETag}); client.KindOf(err) != client.Changed {
		t.Errorf("with an old ETag: %v", err)
	}
	if changed, err = r.ChangeLink(ctx, saved.ID, client.Change{Tags: &[]string{}, Overrule: new(client.NotOverruled)}); err != nil || len(changed.Tags) != 0 || changed.Overrule != client.NotOverruled {
		t.Errorf("changed %+v, %v", changed, err)
	}
	if err = r.DeleteLink(ctx, saved.ID, client.Deletion{IfMatch: saved.ETag}); client.KindOf(err) != client.Changed {
		t.Errorf("with an old ETag: %v", err)
	}
	if err = r.DeleteLink(ctx, saved.ID, client.Deletion{IfMatch: changed.ETag}); err != nil {
		t.Error(err)
	}
	if _, err = r.GetLink(ctx, saved.ID); client.KindOf(err) != client.NotFound {
		t.Errorf("a deleted link: %v", err)
	}
	var trashed []string
	for l, err := range r.ListTrash(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		trashed = append(trashed, l.URL)
	}
	if !slices.Equal(trashed, []string{"https://Example.com/a"}) {
		t.Errorf("in the trash are %v", trashed)
	}
	if back, err := r.RestoreLink(ctx, saved.ID); err != nil || back.ID != saved.ID || back.Description != "D" || back.ETag == "" {
		t.Errorf("restored %+v, %v", back, err)
	}
	if err = r.DeleteLink(ctx, saved.ID, client.Deletion{Purge: true}); err != nil {
		t.Error(err)
	}
	if _, err = r.RestoreLink(ctx, saved.ID); client.KindOf(err) != client.NotFound {
		t.Errorf("a purged link: %v", err)
	}
}

func TestADuplicateIsAProblemThatHasTheFirst(t *testing.T) {
	r := newRig(t)
	saved := r.add("https://example.com/a")
	_, err := r.AddLink(t.Context(), client.Draft{URL: "https://EXAMPLE.com/a"})
	var p *client.Problem
	if !errors.As(fmt.Errorf("save: %w", err), &p) || p.Kind() != client.Duplicate || p.Status != http.StatusConflict || p.Existing == nil || p.Existing.ID != saved.ID || p.Error() != "you have already saved this link" {
		t.Errorf("err is %#v", err)
	}
	_, err = r.AddLink(t.Context(), client.Draft{URL: "example.com"})
	if !errors.As(err, &p) || p.Kind() != client.InvalidField || len(p.Errors) != 1 || p.Errors[0].Location != "body.url" || p.Errors[0].Error() == "" {
		t.Errorf("err is %#v", err)
	}
}

func TestListsGoOnToTheirEndAndNoFurtherThanAsked(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	for i := range 7 {
		r.add(fmt.Sprintf("https://host%d.example/%d", i, i), fmt.Sprintf("tag%d", i), []string{"even", "odd"}[i%2])
	}
	var urls []string
	for l, err := range r.ListLinks(ctx, client.Filter{Tags: []string{"odd"}, Query: "example", Status: check.Pending, PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		urls = append(urls, l.URL)
	}
	if diff := cmp.Diff([]string{"https://host5.example/5", "https://host3.example/3", "https://host1.example/1"}, urls); diff != "" {
		t.Error(diff)
	}
	asked := 0
	for range r.ListLinks(ctx, client.Filter{PageSize: 3}) {
		if asked++; asked == 3 {
			break
		}
	}
	for l, err := range r.ListLinks(ctx, client.Filter{Tags: []string{"no tag"}}) {
		if client.KindOf(err) != "request" || l.ID != "" {
			t.Errorf("a list that is refused has %v, %v", l, err)
		}
		asked++
	}
	if asked != 4 {
		t.Errorf("%d turns, want 3 links and 1 error", asked)
	}
	for tag, err := range r.ListTags(ctx, "tag6") {
		if err != nil || tag != (client.Tag{Tag: "tag6", Links: 1}) {
			t.Errorf("tag is %v, %v", tag, err)
		}
	}
}

func TestHistoryAndLookupAreRead(t *testing.T) {
	r := newRig(t)
	l := r.add("https://example.com/a?b=1&a=2")
	r.answer(check.OK, 200)
	checks, err := r.ListChecks(t.Context(), l.ID, 1)
	if err != nil || len(checks) != 1 || checks[0].Status != check.Valid || *checks[0].HTTPStatus != 200 || checks[0].Explanation == "" {
		t.Errorf("checks are %+v, %v", checks, err)
	}
	if days, err := r.ListDays(t.Context(), l.ID); err != nil || len(days) != 1 || days[0].Valid != 1 {
		t.Errorf("days are %+v, %v", days, err)
	}
	found, err := r.LookupLink(t.Context(), "https://example.com/a?a=2&b=1", true)
	if err != nil || found.Link != nil || len(found.Similar) != 1 || found.Similar[0].ID != l.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if found, err = r.LookupLink(t.Context(), "HTTPS://example.com/a?b=1&a=2#x", false); err != nil || found.Link == nil || found.Link.ID != l.ID {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestManyThingsAreDoneAtOnce(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	l := r.add("https://example.com/a", "old/er", "old")
	did, err := r.Bulk(ctx, []client.Operation{
		{Op: client.OpAdd, URL: "https://example.com/b"},
		{Op: client.OpAdd, URL: "https://example.com/a"},
		{Op: client.OpChange, ID: l.ID, Title: new("New"), Overrule: new(client.Muted)},
		{Op: client.OpTag, ID: l.ID, AddTags: []string{"bulk"}},
	})
	if err != nil || did.Done != 3 || did.Failed != 1 || did.Results[1].Problem.Kind() != client.Duplicate || did.Results[2].Link.Overrule != client.Muted {
		t.Errorf("did %+v, %v", did, err)
	}
	if did, err = r.BulkDryRun(ctx, client.Filter{}, client.Action{Op: client.OpDelete}); err != nil || did.Matched != 2 || did.Done != 0 {
		t.Errorf("a dry run did %+v, %v", did, err)
	}
	if _, err = r.BulkAction(ctx, client.Filter{}, client.Action{Op: client.OpDelete}); client.KindOf(err) != "request" {
		t.Errorf("an action on all: %v", err)
	}
	if did, err = r.BulkAction(ctx, client.Filter{Tags: []string{"bulk"}}, client.Action{Op: client.OpTag, AddTags: []string{"x"}}); err != nil || did.Done != 1 {
		t.Errorf("did %+v, %v", did, err)
	}
	if did, err := r.MergeTags(ctx, []string{"x", "bulk"}, "one"); err != nil || did != (client.Retagged{Tag: "one", Changed: 2}) {
		t.Errorf("merged %+v, %v", did, err)
	}
	if did, err := r.RenameTag(ctx, "old/er", "new?"); err != nil || did.Changed != 1 {
		t.Errorf("renamed %+v, %v", did, err)
	}
	if _, err := r.RenameTag(ctx, "new?", "one"); client.KindOf(err) != client.TagExists {
		t.Errorf("renamed to one that is there: %v", err)
	}
	if did, err = r.BulkActionOnAll(ctx, client.Action{Op: client.OpDelete}); err != nil || did.Done != 2 {
		t.Errorf("did %+v, %v", did, err)
	}
}

func TestDeadLettersAreReadAndRedriven(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	for range r.ListDeadLetters(ctx, client.DeadLetterFilter{Function: "nobody"}) {
		t.Error("there is a letter of nobody's")
	}
	if l, err := r.GetDeadLetter(ctx, 2); err != nil || *l.Body != "text" || l.Header["A"][0] != "b" {
		t.Errorf("letter is %+v, %v", l, err)
	}
	if l, err := r.GetDeadLetter(ctx, 3); err != nil || l.Body != nil || string(l.BodyBase64) != "\xff" {
		t.Errorf("letter is %+v, %v", l, err)
	}
	if did, err := r.RedriveDeadLetter(ctx, 1); err != nil || did != client.Republished {
		t.Errorf("redriven: %v, %v", did, err)
	}
	if err := r.PurgeDeadLetter(ctx, 4); client.KindOf(err) != client.NotFound {
		t.Errorf("err is %v", err)
	}
}

// What is read can be written again without loss: null stays null.
func TestALinkReadsAndWritesTheSame(t *testing.T) {
	r := newRig(t)
	l := r.add("https://example.com/?a=1&b=<c>")
	res, err := r.server.Client().Do(request(t, r, "GET", "/v1/links/"+l.ID))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := errors.Join(json.Unmarshal(body, &want), json.Unmarshal(again, &got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// request asks by hand.
func request(t *testing.T, r *rig, method, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	return req
}
