package pages_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const asksForPages = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// browses sends a form as a browser does, from a page of that site.
func (s *site) browses(path, from string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", from)
	r.Header.Set("Accept", asksForPages)
	r.Host = "localhost"
	return s.ask(r)
}

// A form that comes when its sender is signed out is shown, and can be sent again when they have signed in; secrets are not.
func TestAFormThatComesSignedOutIsNotLost(t *testing.T) {
	s := newSite(t, true)
	form := url.Values{"url": {"https://example.com/"}, "title": {`A "title" <b>`}, "tags": {"one two"}, "description": {"Many\nlines."}, "id": {"x", "y"}, "password": {"a secret"}, "current": {"another"}}
	answer := s.browses("/add?from=there", "same-origin", form)
	s.has(answer, http.StatusUnauthorized, "You are signed out, so nothing was done.", `action="/add?from=there"`, `href="/sign-in" target="_blank"`, "<dd>one two</dd>", "A &#34;title&#34; &lt;b&gt;", "Send it again")
	s.lacks(answer, "a secret", "another")
	fields := hiddenFields(t, answer.Body.String(), `name="url"`)
	again := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		again.Add(fields[i], fields[i+1])
	}
	if !slices.Equal(again["id"], form["id"]) || again.Get("description") != form.Get("description") {
		t.Errorf("it is sent again as %v", again)
	}
	ann := s.signIn()
	if answer := s.browses("/add", "same-origin", again); answer.Code != http.StatusSeeOther {
		t.Errorf("then it is answered %d: %s", answer.Code, answer.Body)
	}
	saved, err := s.store.List(t.Context(), ann.ID, store.Filter{Limit: 2})
	if err != nil || len(saved) != 1 || saved[0].Title != form.Get("title") || strings.ReplaceAll(saved[0].Description, "\r", "") != "Many\nlines." {
		t.Errorf("saved is %+v: %v", saved, err)
	}
	s.cookie = ""
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/import", strings.NewReader("--x--"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	file := s.ask(r)
	s.has(file, http.StatusUnauthorized, "You are signed out, so nothing was done.", "then go back")
	s.lacks(file, "Send it again")
}

// Whoever asks too often is told so by a page, which says when to come again, and keeps the form; programs are told as before.
func TestAPageSaysWhenItWasTooOften(t *testing.T) {
	s := newAPISite(t, true, func(c *api.Config) { c.RateLimit = 4 })
	s.signIn()
	for range 4 {
		s.get("/v1/me")
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.Header.Set("Accept", asksForPages)
	page := s.ask(r)
	s.has(page, http.StatusTooManyRequests, "<h1>That was too often.</h1>", "Try again in ")
	if header := page.Header(); header.Get("Retry-After") == "" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(header.Get("Content-Type"), "text/html") {
		t.Errorf("it has %v", header)
	}
	s.has(s.browses("/links", "same-origin", url.Values{"url": {"https://example.com/"}}), http.StatusTooManyRequests, "Nothing was done.", "Try again in ", `value="https://example.com/"`, "Send it again")
	s.has(s.get("/"), http.StatusTooManyRequests, `"detail":`)
}

// What another site has a browser send is refused by a page, which does not offer to do it all the same.
func TestAPageSaysThatAnotherSitesFormIsRefused(t *testing.T) {
	guarded := func(c *api.Config) { c.Guard = api.Guard(true) }
	for name, s := range map[string]*site{"with accounts": newSite(t, true), "without": newAPISite(t, false, guarded)} {
		answer := s.browses("/links", "cross-site", url.Values{"url": {"https://example.com/"}})
		s.has(answer, http.StatusForbidden, "This came from a page of another site")
		s.lacks(answer, "https://example.com/", "Send it again")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/links", strings.NewReader("{}"))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Accept", asksForPages)
		r.Host = "localhost"
		s.has(s.ask(r), http.StatusForbidden, `"detail":`)
		if name == "without" {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://evil.example/", http.NoBody)
			r.Header.Set("Accept", asksForPages)
			s.has(s.ask(r), http.StatusMisdirectedRequest, "answers only as localhost")
		}
	}
}

func TestALongTextIsNotLost(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/add"), http.StatusOK, `data-characters="20000"`)
	long := strings.Repeat("ü", 300_000)
	answer := s.browses("/add", "same-origin", url.Values{"url": {"https://example.com/"}, "description": {long}})
	s.has(answer, http.StatusUnprocessableEntity, "it has 300000 characters; the most allowed is 20000")
	if !strings.Contains(answer.Body.String(), long) {
		t.Error("the text is lost")
	}
	s.has(s.browses("/add", "same-origin", url.Values{"description": {strings.Repeat("x", 3<<20)}}), http.StatusRequestEntityTooLarge, "a page takes 2 MiB")
}

// A link that cannot have its new address because its owner has another link there is made one with that, and nothing is lost.
func TestTwoLinksToOneAddressAreMadeOne(t *testing.T) {
	s := newSite(t, false)
	other := s.add("local", link.Draft{URL: "https://new.example/1", Tags: []string{"new"}, Title: "The other"})
	l := s.answered("local", "https://moved.example/1", "ok", movesTo("https://new.example/1"))
	tags, words := []string{"old"}, "Said of it."
	if _, err := s.store.Update(t.Context(), "local", l.ID, store.Patch{AddTags: tags, Description: &words}); err != nil {
		t.Fatal(err)
	}
	const offer = "Keep the other, with the tags of this one"
	s.has(s.post("/links/"+l.ID, "url", "https://new.example/1"), http.StatusUnprocessableEntity, "You have another link to this address already.", offer, `<a href="/links/`+other.ID+`">The other</a>`)
	s.goes(s.post("/decide", "link", l.ID, "do", "use", "to", "https://new.example/1"), "/links/"+l.ID+"?other="+other.ID)
	s.has(s.get("/links/"+l.ID+"?other="+other.ID), http.StatusOK, offer)
	for _, none := range []string{l.ID, "x", ""} {
		s.lacks(s.get("/links/"+l.ID+"?other="+none), offer)
	}
	s.goes(s.post("/links/"+l.ID+"/join", "into", other.ID), "/links/"+other.ID+"?joined="+l.ID)
	s.has(s.get("/links/"+other.ID+"?joined="+l.ID), http.StatusOK, "in the trash for 30 days", `action="/links/`+l.ID+`/restore"`)
	if got := s.owned(other.ID); strings.Join(got.Tags, " ") != "new old" || got.Title != "The other" || got.Description != words {
		t.Errorf("the other is %+v", got)
	}
	if got := s.inTrash(); !slices.Equal(got, []string{l.ID}) {
		t.Errorf("in the trash are %v", got)
	}
	s.has(s.post("/links/"+other.ID+"/join", "into", other.ID), http.StatusUnprocessableEntity, "it is the same link")
	his := s.add("bob", link.Draft{URL: "https://example.com/his"})
	s.has(s.post("/links/"+other.ID+"/join", "into", his.ID), http.StatusNotFound)
	s.has(s.post("/links/"+his.ID+"/join", "into", other.ID), http.StatusNotFound)
}
