package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/account/providertest"
	"github.com/linkwell/linkwell/link-manager/api"
)

// provider is a provider, and a world in which people sign in with it.
type provider struct {
	*providertest.Provider
	world *world
}

func newProvider(t *testing.T, options ...func(*api.Config)) *provider {
	t.Helper()
	p := &provider{Provider: providertest.New(t)}
	p.Callback = "https://links.example/auth/oidc/callback"
	p.world = newWorld(t, append(options, func(c *api.Config) {
		c.Passwords = false
		c.Provider = account.NewProvider(account.ProviderConfig{
			Issuer: p.URL, ClientID: providertest.ClientID, ClientSecret: providertest.ClientSecret, RedirectURL: p.Callback, Now: c.Accounts.Now,
		})
		t.Cleanup(c.Provider.Close)
	})...)
	p.Now = func() time.Time { return p.world.clock }
	return p
}

// browser is what a browser has after it was sent to the provider and back.
type browser struct {
	cookie, callback string
}

// begun begins to sign in: to the provider, which sends the browser back.
func (p *provider) begun(returnTo string) browser {
	t := p.world.t
	t.Helper()
	began := p.world.do("GET", "/auth/oidc/start?return_to="+url.QueryEscape(returnTo), "").is(http.StatusSeeOther, nil)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(began.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatalf("the provider answers %s: %v", res.Status, err)
	}
	return browser{cookie: cookieOf(t, began, "__Host-linkwell-sign-in"), callback: back.RequestURI()}
}

// back comes back from the provider.
func (p *provider) back(b browser) reply {
	p.world.t.Helper()
	return p.world.do("GET", b.callback, "", "Cookie", b.cookie, "Sec-Fetch-Site", "cross-site")
}

// cookieOf is a cookie that an answer sets, as a browser sends it back. It fails the test unless it is set as it must be.
func cookieOf(t *testing.T, a reply, name string) string {
	t.Helper()
	for _, line := range a.header.Values("Set-Cookie") {
		cookie, err := http.ParseSetCookie(line)
		if err != nil || cookie.Name != name || cookie.MaxAge < 0 {
			continue
		}
		if !cookie.Secure || !cookie.HttpOnly || cookie.Path != "/" || cookie.Domain != "" || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %s", line)
		}
		return name + "=" + cookie.Value
	}
	t.Fatalf("no cookie %s is set: %v", name, a.header)
	return ""
}

// me is who a cookie or token is, by the API.
func (w *world) me(headers ...string) api.Me {
	w.t.Helper()
	var me api.Me
	w.do("GET", "/v1/me", "", headers...).is(http.StatusOK, &me)
	return me
}
