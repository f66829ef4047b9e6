package pages_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/pages"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(stopping{m}) }

// stopping stops the PostgreSQL server of a benchmark before leaks are looked for.
type stopping struct{ *testing.M }

func (m stopping) Run() int { return postgrestest.Main(m.M) }

// site is the pages of a Linkwell where everybody needs an account, or, without signIn, nobody.
type site struct {
	t       testing.TB
	store   *store.Store
	path    string
	handler http.Handler
	woken   int
	cookie  string
	// importerWoken counts how often the importer is; webhookFails is what becomes of tests of webhooks; closing stopping ends
	// streams.
	importerWoken int
	webhookFails  error
	stopping      chan struct{}
	accounts      *account.Accounts
}

func newSite(t *testing.T, signIn bool, change ...func(*pages.Config)) *site {
	t.Helper()
	return newAPISite(t, signIn, func(*api.Config) {}, change...)
}

// newAPISite is newSite with an API that is changed too.
func newAPISite(t *testing.T, signIn bool, changeAPI func(*api.Config), change ...func(*pages.Config)) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "linkwell.db")
	opened, err := store.Open(t.Context(), store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, store: opened, path: path, stopping: make(chan struct{})}
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	accounts := account.New(account.Config{Store: opened, Now: time.Now, Logger: logger})
	s.accounts = accounts
	var shown pages.Config
	config := api.Config{
		Store: opened, Accounts: accounts, Wake: func() { s.woken++ }, Logger: logger, Passwords: signIn,
		Pages: func(router chi.Router) {
			c := pages.Config{
				Store: opened, Asks: api.Asks, StillMay: api.StillMay, Accounts: accounts, Passwords: signIn, Wake: func() { s.woken++ },
				WakeImporter: func() { s.importerWoken++ }, TestWebhook: func(context.Context, store.Webhook) error { return s.webhookFails }, Stopping: s.stopping,
				Now: time.Now, Logger: logger,
			}
			for _, do := range change {
				do(&c)
			}
			pages.Routes(router, c)
			shown = c
		},
		RefusedPage: func(w http.ResponseWriter, r *http.Request, p *api.Problem) { pages.Refused(shown)(w, r, p) },
	}
	if !signIn {
		config.Owner = func(context.Context) string { return "local" }
	}
	changeAPI(&config)
	s.handler = api.New(config)
	return s
}

// get asks for a page.
func (s *site) get(path string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.ask(httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, http.NoBody))
}

// post sends a form as a page of ours does.
func (s *site) post(path string, fields ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.postForm(path, form)
}

func (s *site) postForm(path string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.ask(r)
}

func (s *site) ask(r *http.Request) *httptest.ResponseRecorder {
	if s.cookie != "" {
		r.Header.Set("Cookie", s.cookie)
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, r)
	return recorder
}

// has fails the test unless the answer has the status and holds all of the texts.
func (s *site) has(answer *httptest.ResponseRecorder, status int, texts ...string) {
	s.t.Helper()
	if answer.Code != status {
		s.t.Errorf("answered %d, want %d: %s", answer.Code, status, answer.Body)
	}
	for _, text := range texts {
		if !strings.Contains(answer.Body.String(), text) {
			s.t.Errorf("%q is missing in %s", text, answer.Body)
		}
	}
}

// goes fails the test unless the answer sends the browser there.
func (s *site) goes(answer *httptest.ResponseRecorder, to string) {
	s.t.Helper()
	if got := answer.Header().Get("Location"); answer.Code != http.StatusSeeOther || got != to {
		s.t.Errorf("answered %d to %q, want to %q: %s", answer.Code, got, to, answer.Body)
	}
}

func (s *site) add(owner string, d link.Draft) link.Link {
	s.t.Helper()
	l, err := s.store.Add(s.t.Context(), owner, d)
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

func (s *site) owned(id string) link.Link {
	s.t.Helper()
	l, err := s.store.Get(s.t.Context(), "local", id)
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

func TestWhatIsPastedIsSaved(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/"), http.StatusOK, "Nothing saved yet")
	answer := s.post("/links", "url", " example.com/page ")
	list, err := s.store.List(t.Context(), "local", store.Filter{Limit: 2})
	if err != nil || len(list) != 1 || list[0].URL != "https://example.com/page" || s.woken != 1 {
		t.Fatalf("saved %+v: %v; woken %d times", list, err, s.woken)
	}
	s.goes(answer, "/#link-"+list[0].ID)
	s.has(s.get("/"), http.StatusOK, `href="https://example.com/page" rel="noopener noreferrer nofollow"`, "example.com/page</a>", "checking")
	s.goes(s.post("/links", "url", "HTTPS://EXAMPLE.com/page"), "/links/"+list[0].ID+"?had=1")
	s.has(s.get("/links/"+list[0].ID+"?had=1"), http.StatusOK, "You saved this link")
	s.has(s.post("/links", "url", "http://exa mple/"), http.StatusUnprocessableEntity, "This cannot be saved: url", `value="http://exa mple/"`)
	s.has(s.post("/links", "url", "mailto:ann@example.com"), http.StatusUnprocessableEntity, "This cannot be saved: url")
}

func TestTheListIsSearchedAndTurned(t *testing.T) {
	s := newSite(t, false)
	for i := range 120 {
		s.add("local", link.Draft{URL: fmt.Sprintf("https://example.com/%03d", i), Title: fmt.Sprintf("Page %03d", i), Tags: []string{fmt.Sprintf("t%d", i%2)}})
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	seen, path := map[string]int{}, "/"
	for range 5 {
		page := s.get(path)
		s.has(page, http.StatusOK, `all <span class="count">120</span>`)
		for _, title := range regexp.MustCompile(`Page \d{3}</a>`).FindAllString(page.Body.String(), -1) {
			seen[title]++
		}
		found := next.FindStringSubmatch(page.Body.String())
		if found == nil {
			break
		}
		path = strings.ReplaceAll(found[1], "&amp;", "&")
	}
	if len(seen) != 120 {
		t.Errorf("%d links on all pages", len(seen))
	}
	for title, times := range seen {
		if times != 1 {
			t.Errorf("%s is there %d times", title, times)
		}
	}
	if n := strings.Count(s.get("/?q=%23t1+001").Body.String(), `class="link"`); n != 1 {
		t.Errorf("the search finds %d", n)
	}
	s.has(s.get("/?q=is:wonderful"), http.StatusBadRequest, "This search cannot be understood", `value="is:wonderful"`)
	s.has(s.get("/?q=nothing"), http.StatusOK, "No link is like that", "Show all 120")
	s.goes(s.get("/?after=nonsense&q=x"), "/?q=x")
}

// Whatever a tag has in it, a click on it finds the links that have it and no others.
func TestATagLeadsToItsLinks(t *testing.T) {
	s := newSite(t, false)
	tags := []string{"go", "a(b)", `a"b`, `a\"(`, `\`, "c++", "100%", "a&b", "x*", "-a", "or", "is:valid", "tag:x", "漢字", "a#b", "a'<b>"}
	for i, tag := range tags {
		s.add("local", link.Draft{URL: fmt.Sprintf("https://example.com/%d", i), Title: fmt.Sprintf("Has %02d", i), Tags: []string{tag}})
	}
	links := regexp.MustCompile(`<a class="tag" href="([^"]*)">([^<]*)</a>`).FindAllStringSubmatch(s.get("/").Body.String(), -1)
	if len(links) != len(tags) {
		t.Fatalf("%d tags are links, want %d", len(links), len(tags))
	}
	for _, l := range links {
		href, name := html.UnescapeString(l[1]), html.UnescapeString(l[2])
		i := slices.Index(tags, strings.TrimPrefix(name, "#"))
		found := s.get(href)
		s.has(found, http.StatusOK, fmt.Sprintf("Has %02d</a>", i))
		if n := strings.Count(found.Body.String(), `class="link"`); n != 1 {
			t.Errorf("%s leads to %s, where %d links are", name, href, n)
		}
	}
}

func TestAnEditThatCannotBeSavedStaysInItsForm(t *testing.T) {
	s := newSite(t, false)
	s.add("local", link.Draft{URL: "https://example.com/b"})
	l := s.add("local", link.Draft{URL: "https://example.com/a", Title: "Stored", Tags: []string{"stored"}, Description: "Stored too."})
	page, tag := "/links/"+l.ID, strings.Repeat("x", 300)
	const marked = ` aria-invalid="true" aria-describedby="edit-problem">`
	for _, c := range []struct{ address, tags, problem, wrong string }{
		{"ftp://bad", "typed1, #typed2", "This cannot be saved: url", `value="ftp://bad"`},
		{"https://example.com/b", "typed1", "You have another link to this address already.", `value="https://example.com/b"`},
		{"https://example.com/new", tag, "This cannot be saved: tags", `value="` + tag + `"`},
	} {
		answer := s.post(page, "back", page, "url", c.address, "title", "Typed", "tags", c.tags, "description", "At\nlength.")
		s.has(answer, http.StatusUnprocessableEntity, `id="edit-problem" role="alert">`+c.problem, c.wrong+marked, `value="`+c.address+`"`,
			`value="Typed">`, `name="tags" type="text"`, `value="`+c.tags+`"`, "At\nlength.</textarea>", ">Stored</a>")
		if n := strings.Count(answer.Body.String(), marked); n != 1 {
			t.Errorf("%d fields are marked as wrong", n)
		}
	}
	// A form with one field, as that for a new address, leaves the others as they are.
	s.has(s.post(page, "url", "ftp://bad"), http.StatusUnprocessableEntity, `value="ftp://bad"`, `value="Stored"`, `value="stored"`, "Stored too.</textarea>")
	if got := s.owned(l.ID); got.URL != l.URL || got.Title != "Stored" {
		t.Errorf("it is %+v", got)
	}
}

func TestWhatCanBeDoneAboutALink(t *testing.T) {
	s := newSite(t, false)
	l := s.add("local", link.Draft{URL: "https://example.com/a"})
	page, list := "/links/"+l.ID, "/?q=example"
	s.goes(s.post(page+"/check", "back", list), list+"#link-"+l.ID)
	s.goes(s.post(page+"/check", "back", "//evil.example/"), "/#link-"+l.ID)
	s.goes(s.post(page, "back", page, "title", "A title", "tags", "#go, web"), page)
	if got := s.owned(l.ID); got.Title != "A title" || strings.Join(got.Tags, " ") != "go web" || got.URL != l.URL {
		t.Errorf("it is %+v", got)
	}
	s.add("local", link.Draft{URL: "https://example.com/b"})
	s.has(s.post(page, "back", page, "url", "https://example.com/b"), http.StatusUnprocessableEntity, "You have another link to this address already.")
	s.has(s.post(page, "back", page, "url", "nonsense"), http.StatusUnprocessableEntity, "This cannot be saved: url")
	s.goes(s.post(page+"/overrule", "back", page, "overrule", "muted"), page)
	s.has(s.get(page), http.StatusOK, "because you said so", "Check it again")
	s.has(s.post(page+"/overrule", "back", page, "overrule", "nonsense"), http.StatusUnprocessableEntity)
	s.goes(s.post(page+"/delete", "back", list), "/?deleted="+l.ID+"&q=example")
	s.has(s.get("/?deleted="+l.ID), http.StatusOK, "in the trash", `action="/links/`+l.ID+`/restore"`)
	s.has(s.get(page), http.StatusNotFound, "There is no such link.")
	s.goes(s.post(page+"/restore"), "/#link-"+l.ID)
	s.has(s.get(page), http.StatusOK, "A title")
}

func TestAForeignLinkIsAsUnknownAsNone(t *testing.T) {
	s := newSite(t, false)
	his := s.add("bob", link.Draft{URL: "https://example.com/his", Title: "His"})
	for _, id := range []string{his.ID, "01900000-0000-7000-8000-0000000000ff", "x"} {
		for _, path := range []string{"", "/row"} {
			s.has(s.get("/links/"+id+path), http.StatusNotFound, "There is no such link.")
		}
		for _, path := range []string{"", "/check", "/overrule", "/delete", "/restore"} {
			s.has(s.post("/links/"+id+path, "title", "mine", "overrule", "muted"), http.StatusNotFound, "There is no such link.")
		}
	}
}

func TestAPageAsksWhoYouAreAndGoesOnWhereYouWere(t *testing.T) {
	s := newSite(t, true)
	s.goes(s.get("/"), "/sign-in")
	s.goes(s.get("/?q=is:invalid&after=x"), "/sign-in?return_to=%2F%3Fq%3Dis%3Ainvalid%26after%3Dx")
	s.goes(s.get("/links/x?y=1"), "/sign-in?return_to=%2Flinks%2Fx%3Fy%3D1")
	s.goes(s.post("/auth/login", "login", "nobody", "password", "a wrong password", "return_to", "/links/x"), "/sign-in?wrong=1&return_to=%2Flinks%2Fx")
	s.has(s.get("/sign-in?wrong=1"), http.StatusOK, "Login or password is wrong.")
	s.has(s.get("/sign-in?return_to=/links/x"), http.StatusOK, `action="/auth/login"`, `value="/links/x"`)
}

// Whoever looks at what is no page is told so by a page; programs are told as everywhere.
func TestWhatIsNoPageIsAPageThatSaysSo(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, signIn := range []bool{false, true} {
		s := newSite(t, signIn)
		for path, status := range map[string]int{
			"/links": http.StatusMethodNotAllowed, "/settings/tokens": http.StatusMethodNotAllowed, "/settings/webhooks": http.StatusMethodNotAllowed,
			"/trash/restore": http.StatusMethodNotAllowed, "/trash/purge": http.StatusMethodNotAllowed, "/decide/undo": http.StatusMethodNotAllowed,
			"/nosuch": http.StatusNotFound, "/health/": http.StatusNotFound, "/decide/": http.StatusNotFound, "/v1/nosuch": http.StatusNotFound, "/v1/bulk/nosuch": http.StatusNotFound,
		} {
			for _, accept := range []string{browser, "", "application/json", "*/*"} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
				r.Header.Set("Accept", accept)
				answer := s.ask(r)
				header := answer.Header()
				if accept == browser && !strings.HasPrefix(path, "/v1/") {
					says := map[int]string{http.StatusNotFound: "<h1>There is no page at this address.</h1>", http.StatusMethodNotAllowed: "<h1>This address cannot be opened like that.</h1>"}
					s.has(answer, status, says[status], `<a href="/">To your links</a>`)
					if header.Get("Content-Type") != "text/html; charset=utf-8" || header.Get("Content-Security-Policy") == "" {
						t.Errorf("%s has %v", path, header)
					}
				} else if s.has(answer, status, `"detail":`); header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s for %q has %v", path, accept, header)
				}
				if allow := header.Get("Allow"); (allow == "POST") != (status == http.StatusMethodNotAllowed) || header.Get("Vary") != "Accept" {
					t.Errorf("%s for %q has %v", path, accept, header)
				}
			}
		}
	}
}

func TestOtherSitesMayNotPost(t *testing.T) {
	s := newSite(t, false)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/links", strings.NewReader("url=https://example.com/"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := s.ask(r).Code; got != http.StatusForbidden {
		t.Errorf("answered %d", got)
	}
}

// Nothing inline runs on any page, and nothing comes from elsewhere.
func TestPagesAreSafe(t *testing.T) {
	s := newSite(t, false)
	s.saveRich(3)
	list, err := s.store.List(t.Context(), "local", store.Filter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/?q=(", "/links/" + list[0].ID, "/links/none", "/sign-in", "/decide", "/health", "/import", "/settings", "/add?url=x"} {
		answer := s.get(path)
		header, body := answer.Header(), answer.Body.String()
		if !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self';") || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, header)
		}
		if found := regexp.MustCompile(`(?i)<style|<script>|\sstyle=|\son[a-z]+=|(src|href)="(https?:)?//(web\.|[^e])[^"]*\.(js|css|svg|png)"`).FindString(body); found != "" {
			t.Errorf("%s has %q", path, found)
		}
		for _, asset := range regexp.MustCompile(`/assets/[^"]+`).FindAllString(body, -1) {
			got := s.get(asset)
			s.has(got, http.StatusOK)
			if cache := got.Header().Get("Cache-Control"); cache != "public, max-age=31536000, immutable" {
				t.Errorf("%s: cache %q", asset, cache)
			}
		}
	}
	s.has(s.get("/assets/0123/style.css"), http.StatusNotFound)
}

func unpacked(t testing.TB, packed []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
