package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
)

// provider is an OpenID Connect provider at which whoever comes is signed in as the person in claims. It is strict about
// what clients must do: codes are good once, for who knows the secret and the verifier.
type provider struct {
	*httptest.Server
	world *world
	key   *ecdsa.PrivateKey

	mutex sync.Mutex
	codes map[string]url.Values
	// claims are said of whoever comes, beside those that every token has; these may be replaced too.
	claims map[string]any
	// sign signs a token; nil means as it should be.
	sign func(claims []byte) string
	// down has the token endpoint fail.
	down bool
}

const (
	clientID     = "linkwell"
	clientSecret = "secret-of-the-client"
	callback     = "https://links.example/auth/oidc/callback"
)

// newProvider returns a provider, and a world in which people sign in with it.
func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, codes: map[string]url.Values{}, claims: map[string]any{"sub": "7", "name": "Ann"}}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.world = newWorld(t, func(c *api.Config) {
		c.Passwords = false
		c.Provider = account.NewProvider(account.ProviderConfig{Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: callback, Now: c.Accounts.Now})
		t.Cleanup(c.Provider.Close)
	})
	return p
}

func (p *provider) describe(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256"}, "response_types_supported": []string{"code"},
	})
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if asked.Get("client_id") != clientID || asked.Get("redirect_uri") != callback || asked.Get("response_type") != "code" ||
		asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") == "" || asked.Get("nonce") == "" || asked.Get("state") == "" {
		http.Error(w, "not as it should be: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mutex.Lock()
	p.codes[code] = asked
	p.mutex.Unlock()
	http.Redirect(w, r, callback+"?"+url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), http.StatusFound)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.down {
		http.Error(w, "down", http.StatusInternalServerError)
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	verifier := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != clientID || secret != clientSecret || r.PostFormValue("redirect_uri") != callback ||
		base64.RawURLEncoding.EncodeToString(verifier[:]) != asked.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"secret-of-the-provider"}`)
		return
	}
	now := p.world.clock
	claims := map[string]any{"iss": p.URL, "aud": clientID, "iat": now.Unix(), "exp": now.Unix() + 300, "nonce": asked.Get("nonce")}
	for name, value := range p.claims {
		claims[name] = value
	}
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	sign := p.sign
	if sign == nil {
		sign = func(claims []byte) string { return signed(p.key, claims) }
	}
	answer(w, map[string]any{"access_token": "secret-access-token", "token_type": "Bearer", "id_token": sign(body)})
}

// signed is a token with these claims.
func signed(key *ecdsa.PrivateKey, claims []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	if err != nil {
		panic(err)
	}
	object, err := signer.Sign(claims)
	if err != nil {
		panic(err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
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
