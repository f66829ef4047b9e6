package compat_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

// marker stands in everything that is ann's: nobody else may ever read it.
const marker = "only-ann-may-read-this"

// operation is a route with what makes it a good request, as ann.
type operation struct {
	method, path, body string
	needs              account.Scope
}

// operations are all routes. Whoever adds one adds it here; the router is asked whether one is missing.
func operations() []operation {
	var (
		page   = "https://example.com/" + marker
		add    = `{"url":"https://example.com/new"}`
		change = `{"url":"` + page + `","title":"changed"}`
	)
	return []operation{
		{"GET", "/compat/linkding/api/bookmarks/", "", account.Read},
		{"POST", "/compat/linkding/api/bookmarks/", add, account.Write},
		{"GET", "/compat/linkding/api/bookmarks/archived/", "", account.Read},
		{"GET", "/compat/linkding/api/bookmarks/shared/", "", account.Read},
		{"GET", "/compat/linkding/api/bookmarks/check/?url=" + page, "", account.Read},
		{"GET", "/compat/linkding/api/bookmarks/{id}/", "", account.Read},
		{"PUT", "/compat/linkding/api/bookmarks/{id}/", change, account.Write},
		{"PATCH", "/compat/linkding/api/bookmarks/{id}/", change, account.Write},
		{"DELETE", "/compat/linkding/api/bookmarks/{id}/", "", account.Write},
		{"POST", "/compat/linkding/api/bookmarks/{id}/archive/", "", account.Write},
		{"POST", "/compat/linkding/api/bookmarks/{id}/unarchive/", "", account.Write},
		{"GET", "/compat/linkding/api/tags/", "", account.Read},
		{"POST", "/compat/linkding/api/tags/", `{"name":"new"}`, account.Write},
		{"GET", "/compat/linkding/api/tags/{id}/", "", account.Read},
		{"DELETE", "/compat/linkding/api/tags/{id}/", "", account.Write},
		{"GET", "/compat/linkding/api/bundles/", "", account.Read},
		{"GET", "/compat/linkding/api/user/profile/", "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/update", "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/add?url=https://example.com/new&description=New", "", account.Write},
		{"GET", "/compat/pinboard/v1/posts/delete?url=" + page, "", account.Write},
		{"GET", "/compat/pinboard/v1/posts/get?url=" + page, "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/recent", "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/all", "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/dates", "", account.Read},
		{"GET", "/compat/pinboard/v1/posts/suggest?url=" + page, "", account.Read},
		{"GET", "/compat/pinboard/v1/tags/get", "", account.Read},
		{"GET", "/compat/pinboard/v1/tags/delete?tag=" + marker, "", account.Write},
		{"GET", "/compat/pinboard/v1/tags/rename?old=" + marker + "&new=renamed", "", account.Write},
		{"GET", "/compat/pinboard/v1/user/api_token", "", account.Read},
		{"GET", "/compat/pinboard/v1/notes/list", "", account.Read},
	}
}

// number is that of ann's link, and of her tag. It is one that bob does not come to: everybody's begin with 1.
const number = "5"

// world has a link of ann's, and a number for it and its tag.
type world struct {
	*rig
	link link.Link
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{rig: newRig(t)}
	for i := range 5 {
		page, tag := fmt.Sprintf("https://example.com/%d", i), fmt.Sprint("tag", i)
		if fmt.Sprint(i+1) == number {
			page, tag = "https://example.com/"+marker, marker
		}
		w.link = w.add(w.ann, page, tag)
		for _, list := range []string{"bookmarks", "tags"} {
			if a := w.ask("GET", "/compat/linkding/api/"+list+"/", "", w.mayAll(w.ann)); !strings.Contains(a.body, fmt.Sprintf(`"id":%d,`, i+1)) {
				t.Fatal(a.body)
			}
		}
	}
	return w
}

type reply struct {
	status int
	body   string
	header http.Header
}

// ask makes a request with a token, where the API's clients put it; empty for none.
func (w *world) ask(method, target, body, token string) reply {
	w.t.Helper()
	var headers []string
	if rest, is := strings.CutPrefix(target, "/compat/pinboard"); is && token != "" {
		target, headers = asPinboard(rest, token)
	} else if token != "" {
		headers = []string{"Authorization", "Token " + token}
	}
	a := w.do(method, target, body, headers...)
	return reply{a.Code, a.Body.String(), a.Header()}
}

func TestEveryRouteLetsInWhoMayAndNobodyElse(t *testing.T) {
	columns := []string{"no token", "unknown", "expired", "revoked", "wrong scope", "session", "other site", "other owner", "right"}
	table := &strings.Builder{}
	fmt.Fprintf(table, "\n%-52s %-6s", "route", "scope")
	for _, column := range columns {
		fmt.Fprintf(table, " %-11s", column)
	}
	shared, leaks := newWorld(t), 0
	for _, o := range operations() {
		path, _, _ := strings.Cut(o.path, "?")
		fmt.Fprintf(table, "\n%-52s %-6s", o.method+" "+path, o.needs)
		for _, column := range columns {
			w := shared
			if o.needs == account.Write && column == "right" {
				w = newWorld(t) // which is changed by who is let in
			}
			got, wrong := w.try(o, column)
			if wrong != "" {
				leaks++
				t.Errorf("%s %s, %s: %s", o.method, o.path, column, wrong)
			}
			fmt.Fprintf(table, " %-11s", got)
		}
	}
	t.Log(table)
	t.Logf("%d routes, %d kinds of credentials, %d leaks", len(operations()), len(columns), leaks)
}

// try makes a request with one kind of credentials. It returns the status, and what is wrong.
func (w *world) try(o operation, credentials string) (got, wrong string) {
	w.t.Helper()
	target := strings.Replace(o.path, "{id}", number, 1)
	others := slices.DeleteFunc(account.AllScopes(), func(s account.Scope) bool { return s == o.needs || s == account.Admin })
	want := http.StatusUnauthorized
	var a reply
	switch credentials {
	case "no token":
		a = w.ask(o.method, target, o.body, "")
	case "unknown":
		a = w.ask(o.method, target, o.body, account.NewSecret().Reveal())
	case "expired":
		_, token := w.token(w.ann, w.clock.Add(time.Hour), account.Read, account.Write)
		w.clock = w.clock.Add(time.Hour)
		a = w.ask(o.method, target, o.body, token)
	case "revoked":
		id, token := w.token(w.ann, time.Time{}, account.Read, account.Write)
		if err := w.accounts.RevokeToken(w.t.Context(), w.ann.ID, id); err != nil {
			w.t.Fatal(err)
		}
		a = w.ask(o.method, target, o.body, token)
	case "wrong scope":
		_, token := w.token(w.ann, time.Time{}, others...)
		a, want = w.ask(o.method, target, o.body, token), http.StatusForbidden
	case "session", "other site":
		site := map[string]string{"session": "same-origin", "other site": "cross-site"}[credentials]
		cookie, err := w.accounts.SignIn(w.t.Context(), w.ann, "", "")
		if err != nil {
			w.t.Fatal(err)
		}
		answer := w.do(o.method, target, o.body, "Cookie", "__Host-linkwell="+cookie, "Sec-Fetch-Site", site)
		a = reply{answer.Code, answer.Body.String(), answer.Header()}
	case "other owner":
		return w.asBob(o, target)
	default:
		a, want = w.ask(o.method, target, o.body, w.mayAll(w.ann)), 0
		if strings.HasSuffix(o.path, "/archive/") {
			want = http.StatusNotImplemented
		}
	}
	return fmt.Sprint(a.status), judged(a, want)
}

// judged is what is wrong with an answer: 0 wants one of success.
func judged(a reply, want int) string {
	switch {
	case want == 0 && (a.status < 200 || a.status > 299):
		return "is answered " + a.body
	case want != 0 && a.status != want:
		return fmt.Sprintf("is answered %d %s, want %d", a.status, a.body, want)
	case want != 0 && strings.Contains(a.body, marker):
		return "tells what is ann's"
	case want == http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Token"):
		return "does not say how to authenticate"
	}
	return ""
}

// asBob asks as somebody else: he must find nothing of ann's, change nothing, and not learn that it is there.
func (w *world) asBob(o operation, target string) (got, wrong string) {
	bob, before := w.mayAll(w.bob), fmt.Sprint(w.links(w.ann))
	a := w.ask(o.method, target, o.body, bob)
	got = fmt.Sprint(a.status)
	// What a request says itself comes back to who made it.
	told := strings.NewReplacer(`"url":"https://example.com/`+marker+`"`, "", "ann:"+bob, "").Replace(a.body)
	switch {
	case strings.Contains(told, marker):
		return got, "tells what is ann's: " + a.body
	case fmt.Sprint(w.links(w.ann)) != before:
		return got, "changes what is ann's"
	case target == o.path:
		return got, ""
	}
	unknown := w.ask(o.method, strings.Replace(o.path, "{id}", "99", 1), o.body, bob)
	if a.status != http.StatusNotFound || unknown.status != a.status || unknown.body != a.body {
		return got, fmt.Sprintf("ann's id is answered %d %s, an unknown one %d %s", a.status, a.body, unknown.status, unknown.body)
	}
	return got, ""
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	w := newWorld(t)
	asked := map[string]bool{}
	for _, o := range operations() {
		path, _, _ := strings.Cut(o.path, "?")
		asked[o.method+" "+strings.TrimSuffix(path, "/")] = true
	}
	walked := 0
	err := chi.Walk(w.handler.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !strings.HasPrefix(route, "/compat/") {
			return nil
		}
		walked++
		route = regexp.MustCompile(`/\*/`).ReplaceAllString(route, "/")
		if strings.Contains(route, "/pinboard/") {
			method = "GET" // POST is the same
		}
		if !asked[method+" "+strings.TrimSuffix(route, "/")] {
			t.Errorf("%s %s is asked by nobody: add it to operations", method, route)
		}
		return nil
	})
	if err != nil || walked < 40 {
		t.Errorf("walked %d routes, %v", walked, err)
	}
}
