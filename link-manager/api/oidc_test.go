package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/account/providertest"
)

func TestAProvidersUserIsSignedInAndGoesOn(t *testing.T) {
	p := newProvider(t)
	first := p.back(p.begun("/links?q=a")).is(http.StatusSeeOther, nil)
	if to := first.header.Get("Location"); to != "/links?q=a" {
		t.Errorf("it leads to %q", to)
	}
	me := p.world.me("Cookie", cookieOf(t, first, "__Host-linkwell"))
	if me.Name != "Ann" || strings.Join(me.Scopes, " ") != "read write check" || me.ID == p.world.ann.ID {
		t.Errorf("me is %+v", me)
	}
	again := p.back(p.begun("https://evil.example/")).is(http.StatusSeeOther, nil)
	if to := again.header.Get("Location"); to != "/" {
		t.Errorf("it leads to %q", to)
	}
	if got := p.world.me("Cookie", cookieOf(t, again, "__Host-linkwell")); got.ID != me.ID {
		t.Errorf("the second time it is %+v", got)
	}
	disabled := `{"disabled":true}`
	p.world.as(p.world.token(p.world.ann, "admin"), "PATCH", "/v1/users/"+me.ID, disabled).is(http.StatusOK, nil)
	p.back(p.begun("/")).problem(http.StatusUnauthorized, "disabled")
}

func TestWhatAProviderSaysIsNotBelievedUnlessItIsMeantForUsAndNow(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(p *provider, b *browser){
		"another nonce":    func(p *provider, _ *browser) { p.Claims["nonce"] = "another" },
		"no nonce":         func(p *provider, _ *browser) { p.Claims["nonce"] = nil },
		"another audience": func(p *provider, _ *browser) { p.Claims["aud"] = "another-client" },
		"another issuer":   func(p *provider, _ *browser) { p.Claims["iss"] = "https://evil.example" },
		"an expired token": func(p *provider, _ *browser) { p.Claims["exp"] = start.Unix() - 1 },
		"no subject":       func(p *provider, _ *browser) { p.Claims["sub"] = "" },
		"a stranger's key": func(p *provider, _ *browser) {
			p.Sign = func(c []byte) string { return providertest.Signed(stranger, c) }
		},
		"an unsigned token":     func(p *provider, _ *browser) { p.Sign = unsigned },
		"no token":              func(p *provider, _ *browser) { p.Sign = func([]byte) string { return "" } },
		"another state":         func(_ *provider, b *browser) { b.callback = with(b.callback, "state", "another") },
		"no state":              func(_ *provider, b *browser) { b.callback = with(b.callback, "state", "") },
		"no cookie":             func(_ *provider, b *browser) { b.cookie = "" },
		"a cookie that is none": func(_ *provider, b *browser) { b.cookie = "__Host-linkwell-sign-in=..." },
		"another browser":       func(p *provider, b *browser) { b.cookie = p.begun("/").cookie },
		// Somebody who came by a code, and has their own state to go with it, still lacks the verifier.
		"another's code": func(p *provider, b *browser) {
			code, _ := url.Parse(p.begun("/").callback)
			b.callback = with(b.callback, "code", code.Query().Get("code"))
		},
		"a code that was used":    func(p *provider, b *browser) { p.back(*b).is(http.StatusSeeOther, nil) },
		"a code that is none":     func(_ *provider, b *browser) { b.callback = with(b.callback, "code", "another") },
		"a provider that says no": func(_ *provider, b *browser) { b.callback = with(b.callback, "error", "access_denied") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			b := p.begun("/")
			change(p, &b)
			a := p.back(b)
			a.problem(http.StatusUnauthorized, "urn:linkwell:problem:sign-in")
			for _, line := range a.header.Values("Set-Cookie") {
				if cookie, err := http.ParseSetCookie(line); err != nil || cookie.MaxAge >= 0 {
					t.Errorf("a cookie is set: %s", line)
				}
			}
			tellsNothing(t, p.world.logs.String(), "secret-", providertest.ClientSecret, b.cookie)
		})
	}
}

func TestAProviderThatIsAwayKeepsNobodyOutForGood(t *testing.T) {
	p := newProvider(t)
	b := p.begun("/")
	p.Down = true
	p.back(b).problem(http.StatusServiceUnavailable, "provider")
	p.Down = false
	p.back(p.begun("/")).is(http.StatusSeeOther, nil)

	away := newProvider(t)
	away.Close()
	if got := away.world.do("GET", "/auth/oidc/start", "").problem(http.StatusServiceUnavailable, "try again"); strings.Contains(got.Detail, away.URL) {
		t.Errorf("the problem is %+v", got)
	}
}

func TestThereIsNoPasswordToSignInWithWhereAProviderKnowsPeople(t *testing.T) {
	w := newProvider(t).world
	w.do("POST", "/auth/login", `{"login":"ann","password":"`+annsPassword+`"}`).is(http.StatusNotFound, nil)
	w.as(w.token(w.ann, "admin"), "POST", "/v1/users", bodies["add-user"]).problem(http.StatusConflict, "AUTH=users")
}

// The predecessor took a display name for an identity: who called himself like another had the other's links.
func TestD26IdentityIsIssuerAndSubjectWhateverSomebodyIsCalled(t *testing.T) {
	p := newProvider(t)
	signIn := func(subject, name, email string) string {
		p.Claims = map[string]any{"sub": subject, "name": name, "preferred_username": name, "email": email, "email_verified": true}
		return cookieOf(t, p.back(p.begun("/")).is(http.StatusSeeOther, nil), "__Host-linkwell")
	}
	gigi := signIn("7", "Gigi", "gigi@example.com")
	p.world.do("POST", "/v1/links", `{"url":"https://example.com/`+marker+`gigi"}`, "Cookie", gigi).is(http.StatusCreated, nil)
	thief := signIn("8", "Gigi", "gigi@example.com")
	if list := p.world.do("GET", "/v1/links", "", "Cookie", thief).is(http.StatusOK, nil); strings.Contains(string(list.body), marker) {
		t.Errorf("somebody else with the same name and e-mail sees %s", list.body)
	}
	renamed := signIn("7", "Somebody", "other@example.com")
	if list := p.world.do("GET", "/v1/links", "", "Cookie", renamed).is(http.StatusOK, nil); !strings.Contains(string(list.body), marker) {
		t.Errorf("under another name the same user sees %s", list.body)
	}
	if me := p.world.me("Cookie", renamed); me.Name != "Somebody" {
		t.Errorf("me is %+v", me)
	}
}

// The predecessor's link service believed whatever username a request named.
func TestD27NoRequestCanSayWhoseItIs(t *testing.T) {
	w := newWorld(t)
	bob := w.token(w.bob, w.bob.Scopes()...)
	for _, name := range []string{"username", "owner", "user", "user_id"} {
		w.as(bob, "GET", "/v1/links?"+name+"="+w.ann.ID, "").problem(http.StatusBadRequest, name)
		w.as(bob, "POST", "/v1/links", `{"url":"https://example.com/","`+name+`":"`+w.ann.ID+`"}`).problem(http.StatusUnprocessableEntity, name)
	}
	for _, header := range []string{"Access-Token", "X-User", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-User"} {
		list := w.do("GET", "/v1/links", "", "Authorization", "Bearer "+bob, header, w.ann.ID).is(http.StatusOK, nil)
		if strings.Contains(string(list.body), marker) {
			t.Errorf("%s shows %s", header, list.body)
		}
		w.do("GET", "/v1/links", "", header, w.ann.ID).problem(http.StatusUnauthorized, "unauthorized")
	}
	token := w.token(w.ann, "read")
	w.do("GET", "/v1/links?access_token="+token, "").problem(http.StatusUnauthorized, "unauthorized")
	w.do("GET", "/v1/links", "", "Cookie", "token="+token).problem(http.StatusUnauthorized, "unauthorized")
}

func TestWhoTheProviderDoesNotLetInIsToldOnThePageToSignIn(t *testing.T) {
	p := newProvider(t, withPages)
	refused := p.begun("/links/x?y=1")
	refused.callback = with(refused.callback, "error", "access_denied")
	away := p.begun("/settings")
	p.Down = true
	for _, c := range []struct {
		browser browser
		to      string
	}{
		{refused, "/sign-in?wrong=provider&return_to=%2Flinks%2Fx%3Fy%3D1"},
		{away, "/sign-in?wrong=now&return_to=%2Fsettings"},
	} {
		if to := p.back(c.browser).is(http.StatusSeeOther, nil).header.Get("Location"); to != c.to {
			t.Errorf("it is sent to %q, want %q", to, c.to)
		}
	}
}

// unsigned is a token that says of itself that nobody signed it.
func unsigned(claims []byte) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims) + "."
}

// with is a request's target with another value of a parameter.
func with(target, name, value string) string {
	u, err := url.Parse(target)
	if err != nil {
		panic(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// tellsNothing checks that a text holds no secret.
func tellsNothing(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("%q stands in %s", secret, text)
		}
	}
}
