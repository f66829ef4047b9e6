package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
)

func login(login, password string) string {
	return fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
}

func TestSigningInWithAPasswordTakesJSONAndForms(t *testing.T) {
	w := newWorld(t)
	var me api.Me
	a := w.do("POST", "/auth/login", login("Ann", annsPassword)).is(http.StatusOK, &me)
	cookie := cookieOf(t, a, "__Host-linkwell")
	if me.ID != w.ann.ID || w.me("Cookie", cookie).ID != w.ann.ID || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("it is answered %s, %v", a.body, a.header)
	}
	form := url.Values{"login": {"ann"}, "password": {annsPassword}, "return_to": {"/links"}}.Encode()
	sent := w.do("POST", "/auth/login", form, "Content-Type", "application/x-www-form-urlencoded", "Cookie", cookie, "Sec-Fetch-Site", "same-origin").is(http.StatusSeeOther, nil)
	if to := sent.header.Get("Location"); to != "/links" {
		t.Errorf("it leads to %q", to)
	}
	next := cookieOf(t, sent, "__Host-linkwell")
	w.do("GET", "/v1/me", "", "Cookie", cookie).problem(http.StatusUnauthorized, "sign in") // the session before is over
	w.do("POST", "/auth/logout", "", "Cookie", next, "Sec-Fetch-Site", "cross-site").problem(http.StatusForbidden, "cross-origin")
	w.me("Cookie", next)
	w.do("POST", "/auth/logout", "", "Cookie", next).is(http.StatusNoContent, nil)
	w.do("GET", "/v1/me", "", "Cookie", next).problem(http.StatusUnauthorized, "sign in")
	tellsNothing(t, w.logs.String(), annsPassword, strings.TrimPrefix(cookie, "__Host-linkwell="), strings.TrimPrefix(next, "__Host-linkwell="))
}

func TestWhoCannotSignInIsAnsweredAlike(t *testing.T) {
	w := newWorld(t)
	want := w.do("POST", "/auth/login", login("nobody", annsPassword)).problem(http.StatusUnauthorized, "login or password is wrong")
	for _, body := range []string{login("ann", "not ann's password"), login("bob", annsPassword), login("", ""), login("a b", annsPassword)} {
		got := w.do("POST", "/auth/login", body).problem(http.StatusUnauthorized, "")
		if got.Detail != want.Detail || got.Type != want.Type {
			t.Errorf("%s is answered %+v", body, got)
		}
	}
	w.do("POST", "/auth/login", "{").problem(http.StatusBadRequest, "login and password")
	w.do("POST", "/auth/login", "x", "Content-Type", "text/plain").problem(http.StatusUnsupportedMediaType, "JSON or a form")
	w.do("POST", "/auth/login", login("ann", annsPassword), "Origin", "https://evil.example").problem(http.StatusForbidden, "cross-origin")
}

func TestASessionIsOverAfterADayAndAfterThirty(t *testing.T) {
	w := newWorld(t)
	cookie := w.session(w.ann)
	w.clock = w.clock.Add(account.SessionIdle - time.Second)
	w.me("Cookie", cookie)
	w.clock = w.clock.Add(account.SessionIdle)
	w.do("GET", "/v1/me", "", "Cookie", cookie).problem(http.StatusUnauthorized, "sign in")
	cookie = w.session(w.ann)
	for range 30 {
		w.me("Cookie", cookie)
		w.clock = w.clock.Add(account.SessionIdle - time.Second)
	}
	w.me("Cookie", cookie)
	w.clock = w.clock.Add(time.Minute)
	w.do("GET", "/v1/me", "", "Cookie", cookie).problem(http.StatusUnauthorized, "sign in")
}

func TestATokenGoesBeforeACookieAndNeedsNoOriginOfOurs(t *testing.T) {
	w := newWorld(t)
	bob, ann := w.token(w.bob, "read", "write"), w.session(w.ann)
	if me := w.me("Cookie", ann, "Authorization", "bearer "+bob); me.ID != w.bob.ID || me.Token == nil {
		t.Errorf("me is %+v", me)
	}
	w.do("GET", "/v1/me", "", "Cookie", ann, "Authorization", "Bearer lw_a_b").problem(http.StatusUnauthorized, "unknown, expired or revoked")
	w.do("POST", "/v1/links", `{"url":"https://example.com/extension"}`, "Authorization", "Bearer "+bob, "Origin", "chrome-extension://abc", "Sec-Fetch-Site", "cross-site").is(http.StatusCreated, nil)
	w.me("Cookie", ann, "Authorization", "Basic YTpi") // a proxy's, not ours
}

func TestTheSecretOfATokenIsShownOnce(t *testing.T) {
	w := newWorld(t)
	ann := w.token(w.ann, account.AllScopes()...)
	var made api.CreatedToken
	a := w.as(ann, "POST", "/v1/tokens", `{"name":"phone","scopes":["read"],"expires_at":"2026-02-01T00:00:00Z"}`).is(http.StatusCreated, &made)
	if a.header.Get("Cache-Control") != "no-store" || w.me("Authorization", "Bearer "+made.Secret).ID != w.ann.ID {
		t.Errorf("it is answered %s", a.body)
	}
	_, secret, _ := strings.Cut(strings.TrimPrefix(made.Secret, "lw_"), "_")
	list := w.as(ann, "GET", "/v1/tokens", "").is(http.StatusOK, nil)
	if strings.Contains(string(list.body), secret) || !strings.Contains(string(list.body), made.ID) {
		t.Errorf("tokens are %s", list.body)
	}
	for body, says := range map[string]string{
		`{"name":"","scopes":["read"]}`: "name", `{"name":"a","scopes":["all"]}`: "scopes", `{"name":"a","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"}`: "expires_at",
	} {
		w.as(ann, "POST", "/v1/tokens", body).problem(http.StatusUnprocessableEntity, "body."+says)
	}
	tellsNothing(t, w.logs.String(), secret, ann)
}

func TestWhereNobodyNeedsAnAccountATokenStillSaysWhoItIs(t *testing.T) {
	r := newRig(t)
	if me := (&world{rig: r}).me(); me.ID != "local" || len(me.Scopes) != 4 {
		t.Errorf("me is %+v", me)
	}
	var made api.CreatedToken
	r.do("POST", "/v1/tokens", `{"name":"reader","scopes":["read"]}`).is(http.StatusCreated, &made)
	r.add(`{"url":"https://example.com/a"}`)
	var p page
	r.do("GET", "/v1/links", "", "Authorization", "Bearer "+made.Secret).is(http.StatusOK, &p)
	if len(p.Items) != 1 {
		t.Errorf("it lists %v", p.Items)
	}
	r.do("POST", "/v1/links", `{"url":"https://example.com/b"}`, "Authorization", "Bearer "+made.Secret).problem(http.StatusForbidden, "this needs the scope write")
	r.do("GET", "/v1/links", "", "Authorization", "Bearer lw_unknown_"+strings.Repeat("a", 40)).problem(http.StatusUnauthorized, "unknown")
	r.do("POST", "/auth/login", login("ann", annsPassword)).is(http.StatusNotFound, nil)
}

func TestWhoAsksTooOftenIsToldWhenToComeAgain(t *testing.T) {
	w := newWorld(t, func(c *api.Config) { c.RateLimit = 20 })
	first, second := w.token(w.ann, "read"), w.token(w.ann, "read", "write")
	for range 20 {
		w.as(first, "GET", "/v1/me", "").is(http.StatusOK, nil)
	}
	a := w.as(first, "GET", "/v1/me", "")
	if a.problem(http.StatusTooManyRequests, "rate-limit"); a.header.Get("Retry-After") == "" {
		t.Errorf("the answer does not say when to come again: %v", a.header)
	}
	w.as(second, "GET", "/v1/me", "").is(http.StatusOK, nil)
	// Who shows no account is counted by address, and that counts against nobody who does.
	for range 5 {
		w.do("GET", "/v1/me", "").problem(http.StatusUnauthorized, "")
	}
	w.do("GET", "/v1/me", "").problem(http.StatusTooManyRequests, "")
	w.as("lw_guess_"+strings.Repeat("a", 40), "GET", "/v1/me", "").problem(http.StatusTooManyRequests, "")
	w.as(second, "GET", "/v1/me", "").is(http.StatusOK, nil)
	w.do("GET", "/healthz", "").is(http.StatusOK, nil)
}

func TestSigningInIsTriedTenTimesAMinuteFromAnAddress(t *testing.T) {
	w := newWorld(t)
	for i := range 10 {
		w.do("POST", "/auth/login", login(fmt.Sprint("nobody", i), "x")).problem(http.StatusUnauthorized, "")
	}
	w.do("POST", "/auth/login", login("ann", annsPassword)).problem(http.StatusTooManyRequests, "rate-limit")
}

func TestWhereARequestComesFromIsNotForAnybodyToSay(t *testing.T) {
	for name, test := range map[string]struct {
		trusted   []string
		from      func(i int) (remote, forwarded string)
		countedAs string
	}{
		"a header of a stranger":             {nil, func(i int) (string, string) { return "192.0.2.1:1", fmt.Sprintf("203.0.113.%d", i) }, "one"},
		"a header past a trusted proxy":      {[]string{"10.0.0.0/8"}, func(i int) (string, string) { return "192.0.2.1:1", fmt.Sprintf("203.0.113.%d", i) }, "one"},
		"what a client put before the proxy": {[]string{"10.0.0.0/8"}, func(i int) (string, string) { return "10.1.2.3:1", fmt.Sprintf("203.0.113.%d, 192.0.2.1", i) }, "one"},
		"addresses of one IPv6 network":      {nil, func(i int) (string, string) { return fmt.Sprintf("[2001:db8::%d]:1", i+1), "" }, "one"},
		"clients of a trusted proxy":         {[]string{"10.0.0.0/8"}, func(i int) (string, string) { return "10.1.2.3:1", fmt.Sprintf("203.0.113.%d", i) }, "many"},
		"several addresses":                  {nil, func(i int) (string, string) { return fmt.Sprintf("192.0.2.%d:1", i), "" }, "many"},
		"several IPv6 networks":              {nil, func(i int) (string, string) { return fmt.Sprintf("[2001:db8:0:%d::1]:1", i+1), "" }, "many"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *api.Config) {
				c.RateLimit = 4 * addressShare
				for _, network := range test.trusted {
					c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(network))
				}
			})
			last := 0
			for i := range 5 {
				remote, forwarded := test.from(i)
				last = w.from(remote, "GET", "/v1/me", forwarded)
			}
			if got := map[int]string{401: "many", 429: "one"}[last]; got != test.countedAs {
				t.Errorf("they count as %s (%d)", got, last)
			}
		})
	}
}

// addressShare is what part of the rate an address has.
const addressShare = 4

// from asks from an address, through what says it is a proxy.
func (w *world) from(remote, method, target, forwarded string) int {
	w.t.Helper()
	w.remote = remote
	defer func() { w.remote = "" }()
	return w.do(method, target, "", "X-Forwarded-For", forwarded, "X-Real-IP", forwarded, "True-Client-IP", forwarded).status
}

// withPages says that there are pages to send a browser to.
func withPages(c *api.Config) { c.Pages = func(chi.Router) {} }

// sends posts a form as a page of ours does, and returns where it sends the browser.
func (w *world) sends(path, cookie string, fields ...string) (to string, a reply) {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	a = w.do("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Cookie", cookie, "Sec-Fetch-Site", "same-origin").is(http.StatusSeeOther, nil)
	return a.header.Get("Location"), a
}

func TestABrowserIsToldOnThePageToSignInWhyItDidNotWork(t *testing.T) {
	w := newWorld(t, withPages)
	for range 10 {
		if to, _ := w.sends("/auth/login", "", "login", "ann", "password", "wrong", "return_to", "/links/x?y=1"); to != "/sign-in?wrong=1&return_to=%2Flinks%2Fx%3Fy%3D1" {
			t.Errorf("it is sent to %q", to)
		}
	}
	if to, _ := w.sends("/auth/login", "", "login", "ann", "password", annsPassword, "return_to", "//evil.example"); to != "/sign-in?wrong=often&return_to=%2F" {
		t.Errorf("it is sent to %q", to)
	}
}

func TestAPasswordIsChangedOnAPage(t *testing.T) {
	w := newWorld(t, withPages)
	here, there := w.session(w.ann), w.session(w.ann)
	const next = "another long password"
	for _, c := range []struct{ current, password, to string }{
		{"not it", next, "/settings?wrong=current#password"},
		{annsPassword, "short", "/settings?wrong=password#password"},
	} {
		if to, _ := w.sends("/auth/password", here, "current", c.current, "password", c.password); to != c.to {
			t.Errorf("with %q and %q it is sent to %q, want %q", c.current, c.password, to, c.to)
		}
	}
	to, a := w.sends("/auth/password", here, "current", annsPassword, "password", next)
	if to != "/settings?done=password" {
		t.Errorf("it is sent to %q", to)
	}
	w.me("Cookie", cookieOf(t, a, "__Host-linkwell"))
	for _, old := range []string{here, there} {
		w.do("GET", "/v1/me", "", "Cookie", old).problem(http.StatusUnauthorized, "")
	}
	w.do("POST", "/auth/login", login("ann", next)).is(http.StatusOK, nil)
	for _, headers := range [][]string{{}, {"Authorization", "Bearer " + w.token(w.ann, account.AllScopes()...)}} {
		w.do("POST", "/auth/password", "current="+url.QueryEscape(next)+"&password="+url.QueryEscape(annsPassword),
			append(headers, "Content-Type", "application/x-www-form-urlencoded")...).problem(http.StatusUnauthorized, "")
	}
	for range 20 {
		to, _ = w.sends("/auth/password", cookieOf(t, a, "__Host-linkwell"), "current", "guessed", "password", annsPassword)
	}
	if to != "/settings?wrong=often#password" {
		t.Errorf("after too many guesses it is sent to %q", to)
	}
	tellsNothing(t, w.logs.String(), annsPassword, next)
}

func TestSomebodySignsOutHereOrEverywhere(t *testing.T) {
	w := newWorld(t, withPages)
	first, second, third, bobs := w.session(w.ann), w.session(w.ann), w.session(w.ann), w.session(w.bob)
	w.sends("/auth/logout", first)
	w.do("GET", "/v1/me", "", "Cookie", first).problem(http.StatusUnauthorized, "")
	w.me("Cookie", second)
	w.sends("/auth/logout", second, "everywhere", "1")
	w.do("GET", "/v1/me", "", "Cookie", third).problem(http.StatusUnauthorized, "")
	w.me("Cookie", bobs)
}
