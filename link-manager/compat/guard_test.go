package compat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/compat"
)

// A token in a URL is Pinboard's way. It must be nowhere behind us: not in logs, spans, metrics, or what is answered to others.
func TestATokenInAURLIsSeenByNobody(t *testing.T) {
	r := newRig(t, func(c *api.Config) {
		c.Mounts = compat.New(compat.Names(), brokenStore{c.Store.(compat.Store), errors.New("cannot be read")}, nil)
	})
	token := r.mayAll(r.ann)
	secret := token[strings.LastIndexByte(token, '_')+1:]
	unknown := account.NewSecret().Reveal()
	for _, target := range []string{
		"/v1/posts/update?auth_token=ann:" + token,
		"/v1/posts/recent?auth_token=ann:" + token,                      // fails, and is logged
		"/v1/posts/recent?auth_token=ann:" + unknown,                    // is refused
		"/v1/posts/recent?auth_token=ann:" + token + "&tag=%zz",         // cannot be read
		"/v1/posts/recent?%61uth%5Ftoken=ann%3A" + token,                // is spelled in another way
		"/v1/posts/recent?AUTH_TOKEN=" + token,                          // and another
		"/v1/posts/recent?auth_token%zz=" + token,                       // which nobody can read
		"/v1/posts/recent?auth_token=" + token + "&auth_token=" + token, // and twice
		"/v1/posts/nothing?auth_token=ann:" + token,
		"/v1?auth_token=ann:" + token,
		"/v1/posts/dates?auth_token=ann:" + token + "&tag=\x00",
	} {
		request := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil) // which would not let all of them pass
		path, query, _ := strings.Cut("/compat/pinboard"+target, "?")
		request.URL.Path, request.URL.RawQuery, request.RequestURI = path, query, "/compat/pinboard"+target
		request.Header.Set("Referer", "https://links.example.com/compat/pinboard"+target)
		recorder := httptest.NewRecorder()
		r.handler.ServeHTTP(recorder, request)
		for _, kept := range []string{secret, unknown[len(unknown)-40:]} {
			if strings.Contains(recorder.Body.String(), kept) || strings.Contains(fmt.Sprint(recorder.Header()), kept) {
				t.Errorf("%s is answered with the token: %s", path, recorder.Body)
			}
		}
	}
	seen := r.logs.String() + fmt.Sprintf("%+v", r.spans.GetSpans()) + fmt.Sprint(r.routes)
	if !strings.Contains(seen, "cannot be read") || !strings.Contains(seen, "/compat/pinboard/v1/posts/recent") {
		t.Fatalf("nothing is seen at all: %s", seen)
	}
	for _, kept := range []string{secret, unknown[len(unknown)-40:]} {
		if i := strings.Index(seen, kept); i >= 0 {
			t.Errorf("the token is seen: …%s…", seen[max(i-200, 0):min(i+100, len(seen))])
		}
	}
}

func TestBothWaysToShowATokenOfPinboard(t *testing.T) {
	r := newRig(t)
	token, others := r.mayAll(r.ann), r.mayAll(r.bob)
	for name, test := range map[string]struct {
		query   string
		headers func(*http.Request)
		want    int
	}{
		"in the query":            {"auth_token=ann:" + token, nil, 200},
		"without a name":          {"auth_token=" + token, nil, 200},
		"as a password":           {"", basic(token), 200},
		"the query goes first":    {"auth_token=ann:" + token, basic("x"), 200},
		"twice":                   {"auth_token=ann:" + token + "&auth_token=bob:" + others, nil, 401},
		"a password of none":      {"", basic("x"), 401},
		"empty":                   {"auth_token=", nil, 401},
		"a bearer, which is ours": {"", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }, 401},
		"a password that a browser adds to another site's request": {"", func(r *http.Request) {
			basic(token)(r)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 401},
	} {
		request := httptest.NewRequestWithContext(t.Context(), "GET", "/compat/pinboard/v1/posts/update?"+test.query, nil)
		if test.headers != nil {
			test.headers(request)
		}
		recorder := httptest.NewRecorder()
		r.handler.ServeHTTP(recorder, request)
		if recorder.Code != test.want || strings.Contains(recorder.Header().Get("WWW-Authenticate"), "Basic") {
			t.Errorf("%s: %d %s %v", name, recorder.Code, recorder.Body, recorder.Header())
		}
	}
}

func basic(password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth("ann", password) }
}

// noAccounts is a Linkwell where nobody needs an account, as serve makes it.
func noAccounts(c *api.Config) {
	c.Owner, c.Guard = func(context.Context) string { return account.Local }, api.Guard(true)
}

// Where nobody needs an account, a page of any site could have a browser change things with a GET: so a token is needed here.
func TestATokenIsNeededAlsoWhereNobodyNeedsAnAccount(t *testing.T) {
	r := newRig(t, noAccounts)
	for _, o := range operations() {
		if a := r.do(o.method, strings.Replace(o.path, "{id}", "1", 1), o.body); a.Code != http.StatusUnauthorized {
			t.Errorf("%s %s is answered %d", o.method, o.path, a.Code)
		}
	}
	_, token, err := r.accounts.CreateToken(t.Context(), account.Everything(account.Local), account.TokenDraft{Name: "extension", Scopes: []string{"read", "write"}})
	if err != nil {
		t.Fatal(err)
	}
	target, headers := asLinkding("/api/bookmarks/", token.Reveal())
	if a := r.do("POST", target, `{"url":"https://example.com/"}`, append(headers, "Origin", "chrome-extension://abc", "Sec-Fetch-Site", "cross-site")...); a.Code != http.StatusCreated {
		t.Errorf("an extension is answered %d %s", a.Code, a.Body)
	}
}

func TestBrowserExtensionsMayReadAnswersAndPagesMayNot(t *testing.T) {
	for name, change := range map[string]func(*api.Config){"with accounts": func(*api.Config) {}, "without": noAccounts} {
		r := newRig(t, change)
		target, headers := asLinkding("/api/bookmarks/", r.mayAll(r.ann))
		for origin, may := range map[string]bool{
			"chrome-extension://beakmhbijpdhipnjhnclmhgjlddhidpe":         true,
			"moz-extension://1f9bca6c-5d4b-4a3e-9a50-1c2d3e4f5a6b":        true,
			"safari-web-extension://1F9BCA6C-5D4B-4A3E-9A50-1C2D3E4F5A6B": true,
			"https://evil.example": false, "null": false, "chrome-extension:": false, "https://chrome-extension": false, "file://": false,
		} {
			preflight := r.do("OPTIONS", target, "", "Origin", origin, "Access-Control-Request-Method", "POST",
				"Access-Control-Request-Headers", "authorization,content-type", "Sec-Fetch-Site", "cross-site")
			actual := r.do("GET", target, "", append(headers, "Origin", origin, "Sec-Fetch-Site", "cross-site")...)
			for what, a := range map[string]*httptest.ResponseRecorder{"preflight": preflight, "request": actual} {
				allowed := a.Header().Get("Access-Control-Allow-Origin")
				if a.Code != http.StatusOK || (allowed == origin) != may || (allowed == "") == may {
					t.Errorf("%s, %s of %s: %d, allowed %q", name, what, origin, a.Code, allowed)
				}
				if a.Header().Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s, %s of %s: cookies are allowed along", name, what, origin)
				}
			}
		}
		if a := r.do("OPTIONS", "/v1/links", "", "Origin", "chrome-extension://abc", "Access-Control-Request-Method", "GET"); a.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: /v1 is open too", name)
		}
	}
}

func TestRequestsCountTogetherWithThoseToOurOwnAPI(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.RateLimit = 6 })
	token := r.mayAll(r.ann)
	linkding, shown := asLinkding("/api/user/profile/", token)
	pinboard, _ := asPinboard("/v1/posts/update", token)
	for range 2 {
		for target, headers := range map[string][]string{linkding: shown, pinboard: nil, "/v1/me": {"Authorization", "Bearer " + token}} {
			if a := r.do("GET", target, "", headers...); a.Code != http.StatusOK {
				t.Fatalf("%s is answered %d %s", target, a.Code, a.Body)
			}
		}
	}
	for target, headers := range map[string][]string{linkding: shown, pinboard: nil} {
		a := r.do("GET", target, "", headers...)
		if a.Code != http.StatusTooManyRequests || a.Header().Get("Retry-After") == "" || !strings.Contains(a.Body.String(), "too many requests") {
			t.Errorf("%s is answered %d %s", target, a.Code, a.Body)
		}
	}
	// Who guesses tokens is counted by address.
	for i := range 3 {
		a := r.do("GET", "/compat/linkding/api/user/profile/", "", "Authorization", "Token "+account.NewSecret().Reveal())
		if want := map[bool]int{true: http.StatusTooManyRequests, false: http.StatusUnauthorized}[i > 0]; a.Code != want {
			t.Errorf("guess %d is answered %d", i, a.Code)
		}
	}
}

func TestOurOwnTroubleIsNotExplained(t *testing.T) {
	r := newRig(t, func(c *api.Config) {
		c.Mounts = compat.New(compat.Names(), brokenStore{c.Store.(compat.Store), errors.New("postgres://u:secret@host")}, nil)
	})
	linkding, shown := asLinkding("/api/bookmarks/", r.mayAll(r.ann))
	pinboard, _ := asPinboard("/v1/posts/all", r.mayAll(r.ann))
	for target, headers := range map[string][]string{linkding: shown, pinboard: nil} {
		a := r.do("GET", target, "", headers...)
		if a.Code != http.StatusServiceUnavailable || bytes.Contains(a.Body.Bytes(), []byte("secret")) || a.Header().Get("Retry-After") == "" {
			t.Errorf("%s is answered %d %s", target, a.Code, a.Body)
		}
	}
	if !strings.Contains(r.logs.String(), "secret@host") {
		t.Error("the operator is not told")
	}
}
