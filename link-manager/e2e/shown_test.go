//go:build !openfaas

package e2e_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// shown are the pages in every state that looks different: each is inspected, and photographed for people. In a path, a name
// in braces is the id of a link of that name (exhibits).
var shown = []struct{ name, of, path string }{
	{"links", "full", "/"},
	{"chosen", "full", "/?q=is:invalid+-%23plain"},
	{"query", "full", "/?q=is:invalid+("},
	{"none", "full", "/?q=nothing"},
	{"undo", "full", "/?deleted={gone}"},
	{"bulk", "full", "/bulk?q=%23plain"},
	{"save-search", "full", "/?q=%23archive"},
	{"searches", "full", "/searches"},
	{"no-searches", "empty", "/searches"},
	{"help", "full", "/help"},
	{"link", "full", "/links/{moved}"},
	{"failing", "full", "/links/{failing}"},
	{"muted", "full", "/links/{muted}"},
	{"had", "full", "/links/{gone}?had=1"},
	{"missing", "full", "/links/none"},
	{"decide", "asking", "/decide"},
	{"kept", "asking", "/decide?did=keep&n=3&at=1&topic=moved"},
	{"questions", "full", "/decide"},
	{"topic", "full", "/decide?topic=invalid"},
	{"health", "asking", "/health"},
	{"causes", "full", "/health"},
	{"imports", "full", "/import"},
	{"import", "full", "/import/{import}"},
	{"save", "full", "/add?url=https%3A%2F%2Fexample.com%2Fa%2Fpage&title=A+page+that+was+found+today"},
	{"settings", "full", "/settings"},
	{"trash", "full", "/trash"},
	{"restored", "full", "/trash?did=restore&n=3&failed=1"},
	{"not-deleted", "full", "/trash?q=nothing"},
	{"other", "full", "/links/{moved}?other={article}"},
	{"empty", "empty", "/"},
	{"decided", "empty", "/decide"},
	{"young", "empty", "/health"},
	{"new", "empty", "/import"},
	{"clean", "empty", "/trash"},
	{"sign-in", "guarded", "/sign-in"},
	{"wrong", "guarded", "/sign-in?wrong=1"},
	{"home", "users", "/"},
	{"account", "users", "/settings?wrong=current"},
}

// doing are states of pages that somebody comes to by doing something there.
var doing = []struct {
	name, of, path string
	steps          []chromedp.Action[chromedp.Void]
}{
	{"bar", "full", "/", []chromedp.Action[chromedp.Void]{press("j"), press("x"), press("j"), press("x"), chromedp.WaitVisible(".bulk")}},
	{"restoring", "full", "/trash", []chromedp.Action[chromedp.Void]{press("j"), press("x"), chromedp.WaitVisible(".bulk"), chromedp.Click(".bulk summary")}},
	{"again", "guarded", "/sign-in", []chromedp.Action[chromedp.Void]{
		unheard(chromedp.Evaluate[bool](`document.querySelector("main").innerHTML = '<form method="post" action="/add"><input name="url" value="https://example.com/a/page"><input name="title" value="A page that was found today"><input name="tags" value="later"></form>'; document.querySelector("main form").submit(); true`)),
		chromedp.WaitVisible(".again"),
	}},
	{"dialog", "full", "/", []chromedp.Action[chromedp.Void]{press("?"), chromedp.WaitVisible("dialog[open]")}},
	{"lost", "full", "/", []chromedp.Action[chromedp.Void]{
		unheard(chromedp.Evaluate[bool](`say("Connection lost; trying again…"); true`)), chromedp.WaitVisible(".live"),
	}},
}

// unheard is an action whose answer nobody needs.
func unheard[T any](action chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = action(ctx, target)
		return none, err
	}
}

// looks are how each is seen.
var looks = []struct {
	width  int64
	scheme string
}{{360, "light"}, {360, "dark"}, {1280, "light"}, {1280, "dark"}}

// exhibition is where the pages are to be seen.
type exhibition struct {
	at  map[string]string // the address of each Linkwell by name
	ids *strings.Replacer
	// cookie is ann's, where people sign in.
	cookie *http.Cookie
}

// address is where a page of the table is.
func (e exhibition) address(of, path string) string { return e.at[of] + e.ids.Replace(path) }

// exhibit starts a Linkwell with links of every kind on two pages, one that asks what to do about its links, one without any,
// and two where people sign in, in one of which ann is.
func exhibit(t *testing.T) exhibition {
	t.Helper()
	full, ids := exhibits(t)
	ids = append(ids, "{import}", full.settingsShown())
	questions := config(t)
	asking := start(t, questions)
	asking.saveQuestions(startWeb(t))
	pretendDays(t, questions)
	guarded := config(t)
	guarded.Auth = "users"
	users := startUsers(t)
	return exhibition{
		at:     map[string]string{"full": full.API, "asking": asking.API, "empty": start(t, config(t)).API, "guarded": start(t, guarded).API, "users": users.API},
		ids:    strings.NewReplacer(ids...),
		cookie: users.signAnnIn(),
	}
}

// signAnnIn is the cookie of a session of ann's.
func (l *linkwell) signAnnIn() *http.Cookie {
	l.t.Helper()
	answer, err := http.Post(l.API+"/auth/login", "application/json", strings.NewReader(fmt.Sprintf(`{"login":"ann","password":%q}`, annsPassword)))
	if err != nil {
		l.t.Fatal(err)
	}
	_ = answer.Body.Close()
	cookies := answer.Cookies()
	if len(cookies) != 1 {
		l.t.Fatalf("answered %d with %d cookies", answer.StatusCode, len(cookies))
	}
	return cookies[0]
}

// exhibits are links of every kind, and their ids by name.
func exhibits(t *testing.T) (l *linkwell, ids []string) {
	t.Helper()
	w := startWeb(t)
	w.answer("/moved", func(res http.ResponseWriter, r *http.Request) {
		http.Redirect(res, r, "/articles/concurrency-in-go", http.StatusMovedPermanently)
	})
	for path, code := range map[string]int{"/gone": 410, "/missing/page": 404, "/members": 403, "/broken": 500, "/login": 401} {
		w.answer(path, status(code))
	}
	c := config(t)
	l = start(t, c)
	save := func(url, rest string) string {
		var saved struct{ ID string }
		l.call("POST", "/v1/links", fmt.Sprintf(`{"url":%q,%s}`, url, rest), http.StatusCreated, &saved)
		return saved.ID
	}
	var deleted []string
	for i := range 54 { // no request is made for them
		id := save(fmt.Sprintf("http://10.0.%d.1/page", i), fmt.Sprintf(`"title":"A plain page, number %d","tags":["plain"]`, i))
		if i < 4 {
			deleted = append(deleted, id)
		}
	}
	for _, e := range []struct{ name, path, rest string }{
		{"article", "/articles/concurrency-in-go", `"title":"Concurrency in Go: pipelines and cancellation","tags":["go","concurrency","reading-list"]`},
		{"missing", "/missing/page", `"title":"The page that nobody finds any more","tags":["archive"]`},
		{"members", "/members", `"title":"For members"`},
		{"broken", "/broken", `"title":"A server with troubles of its own","description":"Look at it again."`},
		{"login", "/login", `"title":"Behind a login","tags":["work"]`},
		{"long", "/a/very/long/path/that/goes/on/and/on/until/it/does/not/fit/into/any/line/of/a/small/screen?with=a&query=too", `"tags":["long"]`},
		{"muted", "/muted", `"title":"On the network at home","tags":["home"]`},
		{"failing", "/failing", `"title":"It worked yesterday","tags":["go"]`},
		{"gone", "/gone", `"tags":["archive","2014"]`},
		{"moved", "/moved", `"title":"An article that moved","tags":["go"]`},
	} {
		ids = append(ids, "{"+e.name+"}", save(w.URL+e.path, e.rest))
	}
	id := strings.NewReplacer(ids...).Replace
	eventually(t, "most are decided", func() bool { return l.decided(check.Valid, check.Invalid) >= 54+7 })
	l.call("DELETE", "/v1/links/"+deleted[0], "", http.StatusNoContent, nil)
	l.deleteTogether(deleted[1:])
	pretendChecks(t, c, id("{article}"))
	l.call("PATCH", "/v1/links/"+id("{muted}"), `{"overrule":"muted"}`, http.StatusOK, nil)
	for name, query := range map[string]string{"To be mended": "is:invalid -#plain", "Go": "#go"} {
		l.call("POST", "/v1/searches", fmt.Sprintf(`{"name":%q,"query":%q}`, name, query), http.StatusCreated, nil)
	}
	w.answer("/failing", status(http.StatusServiceUnavailable))
	l.call("POST", "/v1/links/"+id("{failing}")+"/check", "", http.StatusAccepted, nil)
	eventually(t, "one fails", func() bool { return l.get(id("{failing}")).FailingSince != nil })
	return l, ids
}

// deleteTogether deletes links as a page does.
func (l *linkwell) deleteTogether(ids []string) {
	l.t.Helper()
	answer, err := http.PostForm(l.API+"/bulk", url.Values{"do": {"delete"}, "id": ids})
	if err != nil {
		l.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		l.t.Fatalf("answered %d", answer.StatusCode)
	}
}

// pretendChecks has a link of a SQLite database look as if it had been checked often, with every kind of answer.
func pretendChecks(t *testing.T, c *serve.Config, id string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.DataDir, "linkwell.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), `
		WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40),
		answers AS (
			SELECT n, CASE WHEN n % 13 = 5 THEN 'invalid' WHEN n % 11 IN (3, 4) THEN 'pending' ELSE 'valid' END AS status,
			       CASE WHEN n % 13 = 5 THEN 'not_found' WHEN n % 11 IN (3, 4) THEN 'timeout' ELSE 'ok' END AS reason
			FROM n)
		INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
		SELECT printf('%032x', n), target_id, 'due', 1, a.status, a.reason, 200, linked_at + n, json_object('status', a.status, 'reason', a.reason, 'http_status', 200, 'duration_ms', 40 + n)
		FROM answers a, links WHERE id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
}

// look has the browser see pages so.
func look(browser context.Context, t *testing.T, width int64, scheme string) {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(browser, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.EmulateViewport(width, 800))
}

// each has the browser come to every page in every state.
func (e exhibition) each(browser context.Context, t *testing.T, see func(name string)) {
	t.Helper()
	do(browser, t, chromedp.Navigate(e.address("users", "/sign-in")), chromedp.WaitVisible("#login"),
		chromedp.SendKeys("#login", "ann"), chromedp.SendKeys("#password", annsPassword+enter), chromedp.WaitVisible(".who"))
	for _, page := range shown {
		do(browser, t, chromedp.Navigate(e.address(page.of, page.path)), chromedp.WaitVisible("#main[tabindex]"))
		see(page.name)
	}
	for _, page := range doing {
		do(browser, t, chromedp.Navigate(e.address(page.of, page.path)), chromedp.WaitVisible("#main[tabindex]"))
		do(browser, t, page.steps...)
		see(page.name)
	}
}

// TestScreenshots makes pictures of all pages, light and dark, wide and 360 pixels, for people to look at: with -artifacts, for it
// asks nothing that TestPagesAreAccessible does not.
func TestScreenshots(t *testing.T) {
	if wanted := flag.Lookup("test.artifacts"); wanted == nil || wanted.Value.String() != "true" {
		t.Skip("pictures are made with -artifacts")
	}
	e := exhibit(t)
	for _, as := range looks {
		browser := startChromiumFor(t, 6*patience)
		look(browser, t, as.width, as.scheme)
		e.each(browser, t, func(name string) {
			picture := read(browser, t, chromedp.FullScreenshot(100))
			if err := os.WriteFile(filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d-%s.png", name, as.width, as.scheme)), picture, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}
