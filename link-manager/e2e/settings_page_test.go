//go:build !openfaas

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/account/providertest"
	"github.com/linkwell/linkwell/link-manager/serve"
)

const annsPassword = "correct horse battery"

// startUsers is a Linkwell where ann signs in with a password.
func startUsers(t *testing.T) *linkwell {
	t.Helper()
	c := config(t)
	c.Auth = "users"
	accounts, closed, err := serve.OpenAccounts(t.Context(), serve.Database{DataDir: c.DataDir, DatabaseURL: c.DatabaseURL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.AddUser(t.Context(), account.UserDraft{Login: "ann", Password: annsPassword}); err != nil {
		t.Fatal(err)
	}
	if err := closed(); err != nil {
		t.Fatal(err)
	}
	return start(t, c)
}

// at waits until the browser is at a page of ours.
func at(browser context.Context, t *testing.T, path string) {
	t.Helper()
	eventually(t, "the browser is at "+path, func() bool {
		here, err := chromedp.Run(browser, chromedp.Evaluate[string](`location.pathname + location.search`))
		return err == nil && here == path
	})
}

// Ann wants to see a page, signs in with a wrong password and then the right one, is where she wanted to be, changes her
// password, and signs out.
func TestAnnSignsInAndOut(t *testing.T) {
	l := startUsers(t)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible("#login"))
	at(browser, t, "/sign-in?return_to=%2Fsettings")
	do(browser, t, chromedp.SendKeys("#login", "ann"), chromedp.SendKeys("#password", "something else"+enter))
	shows(browser, t, ".problem", "Login or password is wrong.")
	do(browser, t, chromedp.SendKeys("#login", "Ann"), chromedp.SendKeys("#password", annsPassword+enter))
	at(browser, t, "/settings")
	shows(browser, t, "#account ~ p", "You are ann, and sign in with a password.")
	do(browser, t, chromedp.SendKeys("#current", annsPassword), chromedp.SendKeys("#new", "another long password"+enter))
	shows(browser, t, ".notice", "Your password is changed.")
	do(browser, t, chromedp.Click(".who button"), chromedp.WaitVisible("#login"))
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.WaitVisible("#login"),
		chromedp.SendKeys("#login", "ann"), chromedp.SendKeys("#password", "another long password"+enter))
	at(browser, t, "/import")
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible("[name=everywhere]+button"), chromedp.Click("[name=everywhere]+button"), chromedp.WaitVisible("#login"))
}

// tabToMatch presses Tab until something has the focus.
func tabToMatch(browser context.Context, t *testing.T, selector string) {
	t.Helper()
	for range 80 {
		do(browser, t, chromedp.KeyEvent("\t"))
		if read(browser, t, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement.matches(%q)`, selector))) {
			return
		}
	}
	t.Fatalf("Tab never comes to %s", selector)
}

// Somebody whom a provider knows wants to see a page, signs in there, is where they wanted to be, and signs out.
func TestSomebodySignsInAtTheirProvider(t *testing.T) {
	p, c := providertest.New(t), config(t)
	p.Now, p.Claims = time.Now, map[string]any{"sub": "7", "name": "Ann <b>"}
	c.Auth, c.Listen = "oidc", "127.0.0.1:"+freePort(t)
	p.Callback = "http://" + c.Listen + "/auth/oidc/callback"
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(providertest.ClientSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Accounts.OIDC = serve.OIDC{Issuer: p.URL, ClientID: providertest.ClientID, ClientSecretFile: secret, RedirectURL: p.Callback}
	l := start(t, c)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible(".sign-in .primary"), chromedp.Click(".sign-in .primary"))
	at(browser, t, "/settings")
	shows(browser, t, "#account ~ p", "You are Ann <b>, known to "+p.URL)
	if passwords := read(browser, t, chromedp.Evaluate[int](`document.querySelectorAll("[type=password]").length`)); passwords != 0 {
		t.Errorf("the page asks for %d passwords", passwords)
	}
	do(browser, t, chromedp.Click(".who button"), chromedp.WaitVisible(".sign-in .primary"), chromedp.Navigate(l.API+"/auth/oidc/callback?code=1&state=2"))
	shows(browser, t, ".problem", "Signing in with your provider did not work.")
}

// Settings with the keyboard only: a token is made, shown once, and revoked.
func TestTheKeyboardIsEnoughForSettings(t *testing.T) {
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible("#token-name"))
	tabToMatch(browser, t, "#token-name")
	do(browser, t, chromedp.KeyEvent("phone"))
	tabToMatch(browser, t, "#scope-write")
	do(browser, t, chromedp.KeyEvent(" "))
	tabToMatch(browser, t, "form[action='/settings/tokens'] button")
	do(browser, t, chromedp.KeyEvent(enter), chromedp.WaitVisible("#secret"))
	secret := read(browser, t, chromedp.Evaluate[string](`document.querySelector("#secret").textContent`))
	at(browser, t, "/settings")
	if !regexp.MustCompile(`^lw_[a-z0-9]+_[A-Z0-9]+$`).MatchString(secret) {
		t.Errorf("the token is %q", secret)
	}
	if got := l.as(secret, "POST", "/v1/links", `{"url":"http://10.0.0.1/a"}`); got != http.StatusCreated {
		t.Errorf("with it a link is answered %d", got)
	}
	// Going back to the page, and loading it anew, neither shows it again nor makes another.
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.WaitVisible("#file"))
	if _, err := chromedp.Run(browser, chromedp.Evaluate[any](`history.back()`)); err != nil {
		t.Fatal(err)
	}
	at(browser, t, "/settings")
	eventually(t, "the secret is gone", func() bool {
		page, err := chromedp.Run(browser, chromedp.Evaluate[string](`document.readyState + document.documentElement.outerHTML`))
		return err == nil && strings.HasPrefix(page, "complete") && !strings.Contains(page, secret) && strings.Count(page, "/revoke") == 1
	})
	do(browser, t, chromedp.Reload(), chromedp.WaitVisible("#token-name"))
	if page := read(browser, t, chromedp.Evaluate[string](`document.documentElement.outerHTML`)); strings.Contains(page, secret) || strings.Count(page, "/revoke") != 1 {
		t.Errorf("the page is %s", page)
	}
	tabToMatch(browser, t, ".sure summary")
	do(browser, t, chromedp.KeyEvent(enter))
	tabToMatch(browser, t, ".sure button")
	do(browser, t, chromedp.KeyEvent(enter))
	shows(browser, t, ".notice", "The token is revoked.")
	if got := l.as(secret, "GET", "/v1/links", ""); got != http.StatusUnauthorized {
		t.Errorf("then it is answered %d", got)
	}
}

// as is how a request is answered that shows a token.
func (l *linkwell) as(token, method, path, body string) int {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.API+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Settings without scripts: a webhook is added, tested and deleted.
func TestSettingsWorkWithoutScripts(t *testing.T) {
	w := startWeb(t)
	heard := make(chan string, 10)
	w.answer("/hook", func(_ http.ResponseWriter, r *http.Request) { heard <- r.Header.Get("Webhook-Signature") })
	l := start(t, config(t))
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible("#webhook-url"), chromedp.SendKeys("#webhook-url", "nonsense"+enter), chromedp.WaitVisible("#webhook-problem"))
	do(browser, t, chromedp.Clear("#webhook-url"), chromedp.SendKeys("#webhook-url", w.URL+"/hook"+enter), chromedp.WaitVisible("#secret"))
	do(browser, t, chromedp.Click("[action$='/test'] button"))
	shows(browser, t, ".notice", "The test message was taken by")
	if signature := <-heard; !strings.HasPrefix(signature, "v1,") {
		t.Errorf("the message was signed %q", signature)
	}
	do(browser, t, chromedp.Click("#webhooks ~ ul summary"), chromedp.WaitVisible("[action$='/delete'] button"), chromedp.Click("[action$='/delete'] button"))
	shows(browser, t, ".notice", "The webhook is deleted.")
}

// A bookmarklet is dragged to the bookmarks, and used on somebody else's page: it brings a form, and saves when Save is
// pressed.
func TestABookmarkletSavesThePageItIsUsedOn(t *testing.T) {
	w := startWeb(t)
	w.answer("/article", func(res http.ResponseWriter, _ *http.Request) {
		res.Header().Set("Content-Type", "text/html")
		fmt.Fprint(res, `<title>An "article" &amp; more</title><p>Text`)
	})
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible(".bookmarklet"))
	href := read(browser, t, chromedp.Evaluate[string](`document.querySelector(".bookmarklet").href`))
	script, err := url.PathUnescape(strings.TrimPrefix(href, "javascript:"))
	if err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(w.URL+"/article?a=b&c#d"))
	// As if windows were not to be opened, so that it stays in this one.
	if _, err := chromedp.Run(browser, chromedp.Evaluate[any](`window.open = () => null; `+script)); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.WaitVisible("#url"))
	if len(l.all()) != 0 {
		t.Errorf("it saved before anybody pressed a button: %+v", l.all())
	}
	do(browser, t, chromedp.SendKeys("#tags", "kept"), chromedp.Click(".edit .primary"), chromedp.WaitVisible(".link"))
	if saved := l.only(); saved.URL != w.URL+"/article?a=b&c#d" || saved.Title != `An "article" & more` || strings.Join(saved.Tags, "") != "kept" {
		t.Errorf("saved is %+v", saved)
	}
}

// What strangers write stays text on the pages of imports and settings too: names of files and tokens, what is wrong with an
// import, addresses of webhooks, and what a bookmarklet brings.
func TestNothingOfStrangersRunsInImportsAndSettings(t *testing.T) {
	l := start(t, config(t))
	browser := startChromium(t)
	addresses := []string{l.API + "/import", l.API + "/settings"}
	for i, text := range corpus {
		name := strings.NewReplacer("\u202e", "").Replace(text)
		l.call("POST", "/v1/tokens", fmt.Sprintf(`{"name":%q,"scopes":["read"]}`, text), http.StatusCreated, nil)
		if i < 10 {
			l.call("POST", "/v1/webhooks", fmt.Sprintf(`{"url":%q}`, "http://10.0.0.1/?"+url.QueryEscape(text)+strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(name)), http.StatusCreated, nil)
		}
		id := l.uploadNamed(text, fmt.Sprintf("[{\"href\":%q,\"description\":%q}]", "http://exa mple/"+text, text))
		addresses = append(addresses, l.API+"/import/"+id, l.API+"/add?"+url.Values{"url": {text}, "title": {text}, "tags": {text}, "description": {text}}.Encode(), l.API+"/sign-in?return_to="+url.QueryEscape(text))
	}
	for _, address := range addresses {
		do(browser, t, chromedp.Navigate(address), chromedp.WaitVisible("#main[tabindex]"))
		ran := read(browser, t, chromedp.Evaluate[string](`(window.ran ? "ran" : "") + [...document.querySelectorAll("main script, main iframe, main img, [onerror], [onload], [onclick], [onfocus], a[href^=javascript]:not(.bookmarklet), main style, main base, main meta")].map(e => e.outerHTML).join()`))
		if ran != "" {
			t.Errorf("%s: %s", address, ran)
		}
	}
	if failed := read(browser, t, chromedp.Evaluate[int](`document.querySelectorAll("main").length`)); failed != 1 {
		t.Errorf("there are %d main", failed)
	}
}

// uploadNamed imports a file with this name to its end.
func (l *linkwell) uploadNamed(name, content string) (id string) {
	l.t.Helper()
	var i struct{ ID string }
	l.call("POST", "/v1/imports?format=json&name="+url.QueryEscape(name), content, http.StatusAccepted, &i)
	eventually(l.t, "it is imported", func() bool { return l.importNow(i.ID).FinishedAt != nil })
	return i.ID
}

// settingsShown makes something to look at on the pages of imports and settings, and returns an import.
func (l *linkwell) settingsShown() (id string) {
	l.t.Helper()
	for _, name := range []string{"Firefox on the laptop", "Backup, every night"} {
		l.call("POST", "/v1/tokens", fmt.Sprintf(`{"name":%q,"scopes":["read","write"],"expires_at":"2099-01-01T00:00:00Z"}`, name), http.StatusCreated, nil)
	}
	l.call("POST", "/v1/webhooks", `{"url":"https://hooks.example.com/services/linkwell/changes"}`, http.StatusCreated, nil)
	l.uploadNamed("pocket.json", `[]`)
	return l.uploadNamed("bookmarks_28_11_2026.json", `[{"href":"http://10.0.0.1/one","description":"One"},{"href":"http://10.0.0.1/one","description":"One again"},
		{"href":"javascript:void(0)","description":"Save to somewhere else"},{"href":"http://exa mple/","description":"A link that was broken by hand"},{"href":"mailto:ann@example.com","description":"Write to Ann"}]`)
}
