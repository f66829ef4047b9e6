package pages_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

const annsPassword = "correct horse battery"

// signIn signs ann in, in the browser that asks from now on.
func (s *site) signIn() account.User {
	s.t.Helper()
	u, err := s.accounts.AddUser(s.t.Context(), account.UserDraft{Login: "ann", Password: annsPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	cookie, err := s.accounts.SignIn(s.t.Context(), u, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	s.cookie = "__Host-linkwell=" + cookie
	return u
}

// lacks fails the test if the answer holds one of the texts.
func (s *site) lacks(answer *httptest.ResponseRecorder, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(answer.Body.String(), text) {
			s.t.Errorf("%q is in %s", text, answer.Body)
		}
	}
}

var shownSecret = regexp.MustCompile(`<code id="secret">([^<]+)</code>`)

// secret is the one that an answer shows.
func (s *site) secret(answer *httptest.ResponseRecorder) string {
	s.t.Helper()
	found := shownSecret.FindStringSubmatch(answer.Body.String())
	if answer.Code != http.StatusOK || found == nil || answer.Header().Get("Cache-Control") != "no-store" {
		s.t.Fatalf("answered %d, %v: %s", answer.Code, answer.Header(), answer.Body)
	}
	return html.UnescapeString(found[1])
}

func TestSettingsSayWhoYouAreAndWhereYouAreSignedIn(t *testing.T) {
	s := newSite(t, true)
	ann := s.signIn()
	other, err := s.accounts.SignIn(t.Context(), ann, "", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
	if err != nil {
		t.Fatal(err)
	}
	page := s.get("/settings")
	s.has(page, http.StatusOK, "You are <strong>ann</strong>, and sign in with a password", "Sign out everywhere", `action="/auth/password"`)
	s.has(page, http.StatusOK, `<tr><th scope="row">Not known <strong>(this one)</strong></th><td><time`, `<tr><th scope="row">Firefox on Linux</th><td><time`)
	if n := strings.Count(page.Body.String(), `</th><td><time`); n != 2 {
		t.Errorf("%d sessions are shown", n)
	}
	s.lacks(page, "scope-admin", other)
	s.goes(s.post("/auth/password", "current", "not it", "password", "another long password"), "/settings?wrong=current#password")
	s.has(s.get("/settings?wrong=current"), http.StatusOK, "That is not the password you have.", `aria-describedby="password-problem"`)
	s.has(s.get("/settings?done=%3Cb%3E&wrong=%3Cb%3E"), http.StatusOK, "Settings")
	s.goes(s.post("/auth/logout", "everywhere", "1"), "/")
	s.goes(s.get("/settings"), "/sign-in?return_to=%2Fsettings")

	known := newSite(t, true)
	known.cookie = ""
	u, err := known.accounts.ByProvider(t.Context(), account.Person{Issuer: "https://id.example", Subject: "7", Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := known.accounts.SignIn(t.Context(), u, "", "")
	if err != nil {
		t.Fatal(err)
	}
	known.cookie = "__Host-linkwell=" + cookie
	page = known.get("/settings")
	known.has(page, http.StatusOK, "You are <strong>Bob</strong>, known to <strong>https://id.example</strong>")
	known.lacks(page, "/auth/password")
}

func TestWhereNobodySignsInSettingsSaySo(t *testing.T) {
	s := newSite(t, false)
	page := s.get("/settings")
	s.has(page, http.StatusOK, "Nobody signs in here", "scope-admin", "Save to Linkwell")
	s.lacks(page, "/auth/password", "/auth/logout")
	s.has(s.get("/sign-in"), http.StatusOK, "Nobody has to sign in here.")
}

func TestATokenIsShownOnce(t *testing.T) {
	s := newSite(t, true)
	ann := s.signIn()
	made := s.post("/settings/tokens", "name", "phone <b>", "scope_read", "1", "life", "30")
	s.has(made, http.StatusOK, "The token “phone &lt;b&gt;” is made", "data-once")
	secret := s.secret(made)
	identity, err := s.accounts.ByToken(t.Context(), secret)
	if err != nil || identity.Owner != ann.ID || identity.Scopes.String() != "read" || time.Until(identity.Token.ExpiresAt) > 30*24*time.Hour || time.Until(identity.Token.ExpiresAt) < 29*24*time.Hour {
		t.Errorf("it is %+v: %v", identity, err)
	}
	page := s.get("/settings")
	s.has(page, http.StatusOK, ">phone &lt;b&gt;</p>", "May read, and ends", "lw_"+identity.Token.ID+"_…", "in 29 days")
	s.lacks(page, secret, secret[len(secret)-40:])
	for _, c := range []struct {
		fields []string
		says   string
	}{
		{[]string{"name", "", "scope_read", "1"}, "name: is empty"},
		{[]string{"name", "mine"}, "scopes: there are none"},
		{[]string{"name", "mine", "scope_admin", "1"}, "you may not do what the scope admin allows"},
		{[]string{"name", "mine", "scope_read", "1", "life", "soon"}, "it must be 1 to 3650 days"},
	} {
		s.has(s.post("/settings/tokens", c.fields...), http.StatusUnprocessableEntity, "This token cannot be made: ", c.says)
	}
	s.has(s.post("/settings/tokens", "name", `mine"`, "scope_nonsense", "1"), http.StatusUnprocessableEntity, `value="mine&#34;"`)
	s.goes(s.post("/settings/tokens/"+identity.Token.ID+"/revoke"), "/settings?done=revoked#tokens")
	if _, err := s.accounts.ByToken(t.Context(), secret); err == nil {
		t.Error("it is not revoked")
	}
	s.has(s.get("/settings?done=revoked"), http.StatusOK, "The token is revoked.", "You have none.")
	for range account.MaxTokens {
		s.secret(s.post("/settings/tokens", "name", "one of many", "scope_read", "1"))
	}
	s.has(s.post("/settings/tokens", "name", "one too many", "scope_read", "1"), http.StatusConflict, "You have 100 tokens", `value="one too many"`)
}

func TestAWebhookIsAddedTestedEnabledAndDeleted(t *testing.T) {
	s := newSite(t, false)
	made := s.post("/settings/webhooks", "url", "https://example.com/hook?a=<b>")
	secret := s.secret(made)
	hooks, err := s.store.Webhooks(t.Context(), "local")
	if err != nil || len(hooks) != 1 || hooks[0].Secret != secret || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("webhooks are %+v: %v", hooks, err)
	}
	path := "/settings/webhooks/" + hooks[0].ID
	page := s.get("/settings")
	s.has(page, http.StatusOK, "https://example.com/hook?a=%3Cb%3E", "told nothing yet")
	s.lacks(page, secret, html.EscapeString(secret), "whsec_", "<b>")
	s.has(s.post(path+"/test"), http.StatusOK, "The test message was taken by")
	s.webhookFails = &webhook.FailureError{Problem: "it answered <500>"}
	s.has(s.post(path+"/test"), http.StatusOK, "was not taken by", "it answered &lt;500&gt;")
	s.has(s.post("/settings/webhooks", "url", "ftp://<b>"), http.StatusUnprocessableEntity, "Nothing can be sent there: ", `value="ftp://&lt;b&gt;"`)
	s.goes(s.post(path+"/enable"), "/settings?done=enabled#webhooks")
	s.goes(s.post(path+"/delete"), "/settings?done=deleted#webhooks")
	s.has(s.get("/settings?done=deleted"), http.StatusOK, "The webhook is deleted.")
	for range store.MaxWebhooks {
		s.secret(s.post("/settings/webhooks", "url", "https://example.com/hook"))
	}
	s.has(s.post("/settings/webhooks", "url", "https://example.com/one-more"), http.StatusConflict, "This one cannot be added", "one-more")
}

func TestForeignTokensAndWebhooksAreAsUnknownAsNone(t *testing.T) {
	s := newSite(t, false)
	hook, err := s.store.AddWebhook(t.Context(), "bob", "https://example.com/bobs-own", "whsec_bobs")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.accounts.CreateToken(t.Context(), account.Everything("bob"), account.TokenDraft{Name: "bobs-own", Scopes: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	s.lacks(s.get("/settings"), "bobs")
	for _, id := range []string{hook.ID, "01900000-0000-7000-8000-0000000000ff", "x"} {
		for _, path := range []string{"/test", "/enable", "/delete"} {
			s.has(s.post("/settings/webhooks/"+id+path), http.StatusNotFound, "There is no such webhook.")
		}
	}
	for _, id := range []string{token.ID, "abcdabcdabcdabcd", "x"} {
		s.has(s.post("/settings/tokens/"+id+"/revoke"), http.StatusNotFound, "There is no such token.")
	}
}

// ourForms are what the pages of imports and settings send.
var ourForms = []string{
	"/trash/restore", "/trash/purge", "/links/x/join",
	"/import", "/import/x/cancel", "/import/x/forget", "/add", "/settings/tokens", "/settings/tokens/x/revoke",
	"/settings/webhooks", "/settings/webhooks/x/test", "/settings/webhooks/x/enable", "/settings/webhooks/x/delete",
}

// What a token may not do, a page does not do for it either.
func TestPagesAskForTheScopesThatTheAPIAsksFor(t *testing.T) {
	s := newSite(t, false)
	_, secret, err := s.accounts.CreateToken(t.Context(), account.Everything("local"), account.TokenDraft{Name: "reader", Scopes: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range ourForms {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+secret.Reveal())
		s.has(s.ask(r), http.StatusForbidden, "You may not do this.")
	}
}

// No form of ours can be sent by another site's page, and none can be reached by who is not signed in.
func TestFormsOfImportsAndSettingsAreOursAlone(t *testing.T) {
	for _, signIn := range []bool{false, true} {
		s := newSite(t, signIn)
		if signIn {
			s.signIn()
		}
		paths := slices.Clone(ourForms)
		if signIn {
			paths = append(paths, "/auth/login", "/auth/logout", "/auth/password")
		}
		for _, path := range paths {
			for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader("url=https://example.com/&name=x&scope_read=1"))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(name, value)
				if got := s.ask(r).Code; got != http.StatusForbidden {
					t.Errorf("%s with %s: %s answered %d", path, name, value, got)
				}
			}
		}
	}
	s := newSite(t, true)
	for _, path := range ourForms {
		s.has(s.post(path, "name", "x"), http.StatusUnauthorized, "You are signed out, so nothing was done.")
	}
}

func TestABookmarkletBringsAFormAndAGETNeverSaves(t *testing.T) {
	s := newSite(t, false)
	page := s.get("/settings").Body.String()
	found := regexp.MustCompile(`href="javascript:([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("there is no bookmarklet in %s", page)
	}
	script, err := url.PathUnescape(found[1])
	if err != nil || !strings.Contains(script, `'http://example.com/add?url='`) {
		t.Errorf("it is %s: %v", script, err)
	}
	address := "/add?" + url.Values{"url": {"https://example.org/page?a=b&c"}, "title": {`A "title" <b>`}}.Encode()
	s.has(s.get(address), http.StatusOK, `value="https://example.org/page?a=b&amp;c"`, `value="A &#34;title&#34; &lt;b&gt;"`, `action="/add"`)
	if list, err := s.store.List(t.Context(), "local", store.Filter{Limit: 2}); err != nil || len(list) != 0 {
		t.Fatalf("a GET saved %+v: %v", list, err)
	}
	answer := s.post("/add", "url", "example.org/page", "title", "A title", "tags", "#One two", "description", "Text")
	list, err := s.store.List(t.Context(), "local", store.Filter{Limit: 2})
	if err != nil || len(list) != 1 || list[0].Title != "A title" || strings.Join(list[0].Tags, " ") != "one two" || list[0].Description != "Text" || s.woken != 1 {
		t.Fatalf("saved %+v: %v", list, err)
	}
	s.goes(answer, "/#link-"+list[0].ID)
	s.has(s.get("/add?url=https://EXAMPLE.org/page"), http.StatusOK, "You have saved this one already.", "/links/"+list[0].ID)
	s.goes(s.post("/add", "url", "https://example.org/page"), "/links/"+list[0].ID+"?had=1")
	s.has(s.post("/add", "url", "javascript:alert(1)", "title", "kept <b>", "tags", "kept-too"), http.StatusUnprocessableEntity, "This cannot be saved: url", "kept &lt;b&gt;", "kept-too")
	s.has(s.get("/add"), http.StatusOK, "Save a link")
}

// The address in a bookmarklet is the one that the browser has come to, and nothing in it runs that is not ours.
func TestABookmarkletNamesTheHostThatWasAsked(t *testing.T) {
	s := newSite(t, true)
	s.signIn()
	for _, c := range []struct{ host, header, value, want string }{
		{"links.example", "", "", `'http://links.example/add`},
		{"links.example", "X-Forwarded-Proto", "https", `'https://links.example/add`},
		{"links.example", "Sec-Fetch-Site", "none", `'https://links.example/add`},
		{"127.0.0.1:8090", "Sec-Fetch-Site", "none", `'http://127.0.0.1:8090/add`},
		{"[::1]:8090", "Sec-Fetch-Site", "none", `'http://[::1]:8090/add`},
		{"localhost:8090", "Sec-Fetch-Site", "none", `'http://localhost:8090/add`},
		{`x'+alert(1)+'"><b>`, "", "", `add?url=`},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/settings", http.NoBody)
		r.Host = c.host
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		body := s.ask(r).Body.String()
		found := regexp.MustCompile(`href="javascript:([^"]+)"`).FindStringSubmatch(body)
		if found == nil {
			t.Fatalf("%s: there is no bookmarklet in %s", c.host, body)
		}
		script, err := url.PathUnescape(found[1])
		if err != nil || !strings.Contains(script, c.want) || strings.Contains(script, "'+alert") {
			t.Errorf("%s: it is %s: %v", c.host, script, err)
		}
	}
}

func TestThePageToSignInSaysWhatWentWrong(t *testing.T) {
	s := newSite(t, true)
	for wrong, says := range map[string]string{"1": "Login or password is wrong.", "often": "too often", "provider": "with your provider did not work", "disabled": "disabled here", "now": "cannot sign you in now"} {
		s.has(s.get("/sign-in?wrong="+wrong), http.StatusOK, says, `role="alert"`)
	}
	s.lacks(s.get("/sign-in?wrong=%3Cb%3E"), "alert", "<b>")
}
