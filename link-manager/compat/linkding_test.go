package compat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

// The requests of linkding's browser extension, in the order in which a person causes them: its options are saved, a page is
// looked at, saved, looked at again, found in the address bar, changed and deleted.
func TestTheBrowserExtensionOfLinkding(t *testing.T) {
	newRig(t).tell("linkding_extension.txt", []step{
		{"GET", "/api/bookmarks/?limit=1", ""},
		{"GET", "/api/user/profile/", ""},
		{"GET", "/api/tags/?limit=5000", ""},
		{"GET", "/api/bookmarks/check/?url=https%3A%2F%2Fgo.dev%2Fblog", ""},
		{"POST", "/api/bookmarks/?disable_scraping&disable_html_snapshot", `{"url":"https://go.dev/blog","title":"The Go Blog","description":"News","notes":"for Friday","tag_names":["Go","to watch"],"unread":true,"shared":true}`},
		{"GET", "/api/bookmarks/check/?url=https%3A%2F%2FGO.dev%2Fblog%3Futm_source%3Dx", ""},
		{"GET", "/api/bookmarks/1/", ""},
		{"GET", "/api/bookmarks/?q=go%20blog&limit=5", ""},
		{"GET", "/api/tags/?limit=5000", ""},
		{"POST", "/api/bookmarks/?disable_scraping", `{"url":"https://go.dev/blog","title":"Go's blog","description":"News\n\nfor Friday","notes":"","tag_names":["go"],"unread":false,"shared":false}`},
		{"DELETE", "/api/bookmarks/1/", ""},
		{"GET", "/api/bookmarks/check/?url=https%3A%2F%2Fgo.dev%2Fblog", ""},
	}, asLinkding)
}

// The requests of apps that show and change everything, page by page.
func TestAppsOfLinkding(t *testing.T) {
	r := newRig(t)
	for i, tags := range [][]string{{"a", "toread"}, {"b"}, {}} {
		r.add(r.ann, fmt.Sprintf("https://example.com/%d", i), tags...)
	}
	r.tell("linkding_app.txt", []step{
		{"GET", "/api/bookmarks/?limit=2&unread=off", ""},
		{"GET", "/api/bookmarks/?limit=2&offset=2", ""},
		{"GET", "/api/bookmarks/?sort=added_asc&limit=1&offset=1", ""},
		{"GET", "/api/bookmarks/?unread=yes", ""},
		{"GET", "/api/bookmarks/?q=%23b%20not%20%21unread", ""},
		{"GET", "/api/bookmarks/?q=%21untagged", ""},
		{"GET", "/api/bookmarks/?shared=yes", ""},
		{"GET", "/api/bookmarks/archived/?limit=20", ""},
		{"GET", "/api/bundles/", ""},
		{"PATCH", "/api/bookmarks/1/", `{"unread":true}`},
		{"PATCH", "/api/bookmarks/1/", `{"tag_names":["c"],"notes":"noted"}`},
		{"PATCH", "/api/bookmarks/1/", `{"notes":"noted"}`},
		{"PATCH", "/api/bookmarks/1/", `{"unread":false,"date_added":"2020-02-03T04:05:06+01:00"}`},
		{"PUT", "/api/bookmarks/2/", `{"url":"https://example.com/moved","title":"Moved"}`},
		{"GET", "/api/bookmarks/?modified_since=2026-01-02T03:15:00Z", ""},
		{"GET", "/api/bookmarks/?added_since=2026-01-01", ""},
		{"POST", "/api/bookmarks/1/archive/", ""},
		{"POST", "/api/bookmarks/1/unarchive/", ""},
		{"POST", "/api/tags/", `{"name":" New Tag "}`},
		{"GET", "/api/tags/2", ""},
		{"GET", "/api/tags/?limit=1&offset=1", ""},
		{"DELETE", "/api/tags/1/", ""},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/old","date_added":"2019-01-01T00:00:00Z"}`},
	}, asLinkding)
}

func TestWhatIsWrongIsSaidAsLinkdingSaysIt(t *testing.T) {
	r := newRig(t)
	r.add(r.ann, "https://example.com/1")
	r.add(r.ann, "https://example.com/2")
	r.tell("linkding_wrong.txt", []step{
		{"GET", "/api/bookmarks/", ""},
		{"GET", "/api/bookmarks/3/", ""},
		{"GET", "/api/bookmarks/x/", ""},
		{"GET", "/api/tags/3/", ""},
		{"GET", "/api/nothing/", ""},
		{"DELETE", "/api/bookmarks/", ""},
		{"GET", "/api/bookmarks/check/", ""},
		{"GET", "/api/bookmarks/check/?url=javascript%3A1", ""},
		{"GET", "/api/bookmarks/?limit=many", ""},
		{"GET", "/api/bookmarks/?offset=-1", ""},
		{"GET", "/api/bookmarks/?sort=title_asc", ""},
		{"GET", "/api/bookmarks/?bundle=1", ""},
		{"GET", "/api/bookmarks/?unread=perhaps", ""},
		{"GET", "/api/bookmarks/?added_since=yesterday", ""},
		{"GET", "/api/bookmarks/?q=a%20or%20b", ""},
		{"GET", "/api/bookmarks/?q=(a)", ""},
		{"POST", "/api/bookmarks/", `{"title":"no url"}`},
		{"POST", "/api/bookmarks/", `{"url":"ftp://example.com"}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","title":null}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","title":1}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","unread":"perhaps"}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","tag_names":"a b"}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","tag_names":["` + strings.Repeat("a", link.MaxTag+1) + `"]}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","is_archived":true}`},
		{"POST", "/api/bookmarks/", `{"url":"https://example.com/3","date_added":"2027-01-01"}`},
		{"POST", "/api/bookmarks/", `[]`},
		{"POST", "/api/bookmarks/", `{`},
		{"PUT", "/api/bookmarks/1/", `{"title":"no url"}`},
		{"PATCH", "/api/bookmarks/1/", `{"url":"https://example.com/1"}`},
		{"POST", "/api/tags/", `{}`},
		{"POST", "/api/tags/", `{"name":"a,b"}`},
	}, asLinkding)
	if n := len(r.links(r.ann)); n != 2 {
		t.Errorf("%d links are saved", n)
	}
	target, headers := asLinkding("/api/bookmarks/", r.mayAll(r.ann))
	if a := r.do("POST", target, "url=x", append(headers, "Content-Type", "application/x-www-form-urlencoded")...); a.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a form is answered %d %s", a.Code, a.Body)
	}
	if a := r.do("POST", target, `{"url":"https://example.com/3","title":"`+strings.Repeat("a", 300<<10)+`"}`, headers...); a.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too much is answered %d %s", a.Code, a.Body)
	}
}

// Who follows next sees everything once, with the query it began with.
func TestPagesOfLinkdingLeadThroughEverything(t *testing.T) {
	r := newRig(t)
	const links = 11
	for i := range links {
		r.add(r.ann, fmt.Sprintf("https://example.com/a%d", i))
	}
	r.add(r.ann, "https://example.com/other")
	token := r.mayAll(r.ann)
	var seen []int
	next := "https://links.example.com/compat/linkding/api/bookmarks/?limit=3&q=com%2Fa"
	for next != "" {
		u, err := url.Parse(next)
		if err != nil || u.Scheme != "https" || u.Host != "links.example.com" || u.Query().Get("q") != "com/a" {
			t.Fatalf("next is %s", next)
		}
		a := r.do("GET", u.RequestURI(), "", "Authorization", "Token "+token, "X-Forwarded-Proto", "https")
		var page struct {
			Count   int
			Next    *string
			Results []struct{ ID int }
		}
		if err := json.Unmarshal(a.Body.Bytes(), &page); err != nil || page.Count != links {
			t.Fatalf("%s (%v)", a.Body, err)
		}
		for _, b := range page.Results {
			seen = append(seen, b.ID)
		}
		if next = ""; page.Next != nil {
			next = *page.Next
		}
	}
	if len(seen) != links || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != links {
		t.Errorf("saw %v", seen)
	}
}

func TestTokensOfLinkdingCanBeBearers(t *testing.T) {
	r := newRig(t)
	token := r.mayAll(r.ann)
	for credentials, want := range map[string]int{
		"Token " + token: 200, "token " + token: 200, "Bearer " + token: 200, "Token  " + token: 200,
		"Basic " + token: 401, token: 401, "Token " + token + " x": 401, "Token": 401,
	} {
		if a := r.do("GET", "/compat/linkding/api/user/profile/", "", "Authorization", credentials); a.Code != want {
			t.Errorf("%.10q is answered %d", credentials, a.Code)
		}
	}
	_, readOnly := r.token(r.ann, r.clock.AddDate(1, 0, 0), account.Read)
	if a := r.do("POST", "/compat/linkding/api/tags/", `{"name":"a"}`, "Authorization", "Token "+readOnly); a.Code != 403 || !strings.Contains(a.Body.String(), "scope write") {
		t.Errorf("a wrong scope is answered %d %s", a.Code, a.Body)
	}
}
