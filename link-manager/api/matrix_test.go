package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/store"
)

// marker stands in everything that is ann's: nobody else may ever read it.
const marker = "only-ann-may-read-this"

const annsPassword = "a long password of ann"

// world is an API where everybody needs an account, and has ann, who is an admin, and bob.
type world struct {
	*rig
	accounts *account.Accounts
	ann, bob account.User
	link     api.Link
	trashed  api.Link
	hook     api.NewWebhook
	imported api.Import
	search   api.Search
	spare    account.Token
	tokens   map[string]string
	logs     *bytes.Buffer
}

func newWorld(t *testing.T, change ...func(*api.Config)) *world {
	t.Helper()
	w := &world{logs: &bytes.Buffer{}, tokens: map[string]string{}}
	w.rig = newRig(t, append([]func(*api.Config){func(c *api.Config) {
		c.Owner, c.Passwords, c.DeadLetters = nil, true, newLetters(3)
		c.WakeImporter = func() {}
		c.TestWebhook = func(context.Context, store.Webhook) error { return nil }
		stopped := make(chan struct{})
		close(stopped)
		c.Stopping = stopped // streams end as soon as they have begun
		c.Logger = slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Accounts.Logger = c.Logger
		w.accounts = c.Accounts
	}}, change...)...)
	var err error
	if w.ann, err = w.accounts.AddUser(t.Context(), account.UserDraft{Login: "ann", Name: "Ann", Password: annsPassword, Admin: true}); err != nil {
		t.Fatal(err)
	}
	w.bob = account.User{ID: "01900000-0000-7000-8000-00000000000b", Name: "Bob", Login: "bob", CreatedAt: start}
	if err := w.store.AddUser(t.Context(), w.bob, ""); err != nil {
		t.Fatal(err)
	}
	ann := w.token(w.ann, account.AllScopes()...)
	w.as(ann, "POST", "/v1/links", fmt.Sprintf(`{"url":"https://example.com/%s","title":%q,"tags":[%q]}`, marker, marker, marker)).is(http.StatusCreated, &w.link)
	w.as(ann, "POST", "/v1/links", fmt.Sprintf(`{"url":"https://example.com/%s/trashed","title":%q}`, marker, marker)).is(http.StatusCreated, &w.trashed)
	w.as(ann, "DELETE", "/v1/links/"+w.trashed.ID, "").is(http.StatusNoContent, nil)
	w.as(ann, "POST", "/v1/searches", fmt.Sprintf(`{"name":"%s","query":"#%[1]s"}`, marker)).is(http.StatusCreated, &w.search)
	w.as(ann, "POST", "/v1/webhooks", fmt.Sprintf(`{"url":"https://example.net/%s"}`, marker)).is(http.StatusCreated, &w.hook)
	w.as(ann, "POST", "/v1/imports?format=list&name="+marker, "https://example.com/"+marker+"/imported\n").is(http.StatusAccepted, &w.imported)
	w.spare, _ = w.createToken(w.ann, time.Time{}, marker, account.Read)
	return w
}

func (w *world) createToken(u account.User, expires time.Time, name string, scopes ...account.Scope) (account.Token, string) {
	w.t.Helper()
	by := account.Identity{Owner: u.ID, Scopes: u.Scopes(), User: u}
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	t, secret, err := w.accounts.CreateToken(w.t.Context(), by, account.TokenDraft{Name: name, Scopes: names, ExpiresAt: expires})
	if err != nil {
		w.t.Fatal(err)
	}
	return t, secret.Reveal()
}

// token is a token of a user with these scopes, always the same.
func (w *world) token(u account.User, scopes ...account.Scope) string {
	w.t.Helper()
	key := u.ID + account.Scopes(scopes).String()
	if w.tokens[key] == "" {
		_, w.tokens[key] = w.createToken(u, time.Time{}, "of a test", scopes...)
	}
	return w.tokens[key]
}

func (w *world) as(token, method, target, body string) reply {
	w.t.Helper()
	return w.do(method, target, body, "Authorization", "Bearer "+token)
}

// session signs a user in, and returns the cookie.
func (w *world) session(u account.User) string {
	w.t.Helper()
	cookie, err := w.accounts.SignIn(w.t.Context(), u, "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	return "__Host-linkwell=" + cookie
}

// operation is a route as the OpenAPI document has it.
type operation struct {
	id, method, path string
	needs            account.Scope
}

// operations are all routes of the OpenAPI document.
func operations(t *testing.T, r *rig) []operation {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	decode(t, r.do("GET", "/openapi.json", "").body, &document)
	var all []operation
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(document.Paths[path])) {
			o := document.Paths[path][method]
			if len(o.Security) != 2 || len(o.Security[0]["token"]) != 1 || len(o.Security[1]["session"]) != 1 {
				t.Errorf("%s does not say who may use it: %v", o.OperationID, o.Security)
				continue
			}
			all = append(all, operation{o.OperationID, strings.ToUpper(method), path, account.Scope(o.Security[0]["token"][0])})
		}
	}
	return all
}

// bodies are what makes each request with a body a good one. Whoever adds a route that needs one adds it here.
var bodies = map[string]string{
	"add-link":        `{"url":"https://example.com/another"}`,
	"change-link":     `{"title":"` + marker + ` too"}`,
	"create-token":    `{"name":"` + marker + `","scopes":["write"]}`,
	"change-password": `{"current":"` + annsPassword + `","password":"another long password"}`,
	"add-user":        `{"login":"cid","password":"a long password of cid"}`,
	"change-user":     `{"admin":false}`,
	"add-webhook":     `{"url":"https://example.net/hook"}`,
	"bulk":            `{"operations":[{"op":"add","url":"https://example.com/bulk"}]}`,
	"rename-tag":      `{"tag":"renamed"}`,
	"import-links":    "https://example.com/imported\n",
	"add-search":      `{"name":"another","query":"is:failing"}`,
	"change-search":   `{"query":"` + marker + ` too"}`,
	"merge-tags":      `{"tags":["` + marker + `"],"into":"merged"}`,
}

// id is what stands for the parameter of a path, and one that nobody has. Whoever adds something with ids adds it here.
func (w *world) id(o operation) (known, unknown string) {
	const noUUID = "01900000-0000-7000-8000-0000000000ff"
	switch resource, _, _ := strings.Cut(strings.TrimPrefix(o.path, "/v1/"), "/"); {
	case resource == "trash", o.id == "restore-link":
		return w.trashed.ID, noUUID
	case resource == "links":
		return w.link.ID, noUUID
	case resource == "webhooks":
		return w.hook.ID, noUUID
	case resource == "searches":
		return w.search.ID, noUUID
	case resource == "users":
		return w.bob.ID, noUUID
	case resource == "tokens":
		return w.spare.ID, "abcdabcdabcdabcd"
	case resource == "tags":
		return marker, "nobodys"
	case resource == "imports":
		return w.imported.ID, noUUID
	case resource == "dead-letters":
		return "1", "99"
	}
	w.t.Fatalf("what stands in %s? Say so in id", o.path)
	return "", ""
}

// target is the operation's path with the id of something there is, and with one that is unknown.
func (w *world) target(o operation) (known, unknown string) {
	switch {
	case o.id == "lookup-link":
		return o.path + "?url=" + url.QueryEscape(w.link.URL), ""
	case !strings.Contains(o.path, "{"):
		return o.path, ""
	}
	parameter := o.path[strings.Index(o.path, "{") : strings.Index(o.path, "}")+1]
	known, unknown = w.id(o)
	return strings.Replace(o.path, parameter, known, 1), strings.Replace(o.path, parameter, unknown, 1)
}

func TestEveryRouteLetsInWhoMayAndNobodyElse(t *testing.T) {
	columns := []string{"no token", "unknown", "expired", "revoked", "disabled", "wrong scope", "other owner", "other site", "session", "right"}
	table := &strings.Builder{}
	fmt.Fprintf(table, "\n%-40s %-6s", "route", "scope")
	for _, column := range columns {
		fmt.Fprintf(table, " %-11s", column)
	}
	shared := newWorld(t)
	all, leaks := operations(t, shared.rig), 0
	for _, o := range all {
		fmt.Fprintf(table, "\n%-40s %-6s", o.method+" "+o.path, o.needs)
		for _, column := range columns {
			w := shared
			if o.method != "GET" && (column == "session" || column == "right") {
				w = newWorld(t) // which is changed by who is let in
			}
			got, wrong := w.ask(o, column)
			if wrong != "" {
				leaks++
				t.Errorf("%s %s, %s: %s", o.method, o.path, column, wrong)
			}
			fmt.Fprintf(table, " %-11s", got)
		}
	}
	t.Log(table)
	t.Logf("%d routes, %d kinds of credentials, %d leaks", len(all), len(columns), leaks)
	if len(all) < 15 {
		t.Errorf("found only %d routes", len(all))
	}
}

// ask makes a request with one kind of credentials. It returns the status, and what is wrong.
func (w *world) ask(o operation, credentials string) (got, wrong string) {
	w.t.Helper()
	target, unknown := w.target(o)
	body := bodies[o.id]
	others := slices.DeleteFunc(account.AllScopes(), func(s account.Scope) bool { return s == o.needs })
	var a reply
	want := http.StatusUnauthorized
	switch credentials {
	case "no token":
		a = w.do(o.method, target, body)
	case "unknown":
		a = w.as(account.NewSecret().Reveal(), o.method, target, body)
	case "expired":
		made, token := w.createToken(w.ann, w.clock.Add(time.Hour), "expires", account.AllScopes()...)
		w.clock = w.clock.Add(time.Hour)
		a = w.as(token, o.method, target, body)
		if err := w.accounts.RevokeToken(w.t.Context(), w.ann.ID, made.ID); err != nil {
			w.t.Fatal(err)
		}
	case "revoked":
		made, token := w.createToken(w.ann, time.Time{}, "is revoked", account.AllScopes()...)
		w.as(token, "GET", "/v1/me", "").is(http.StatusOK, nil)
		w.as(token, "DELETE", "/v1/tokens/"+made.ID, "").is(http.StatusNoContent, nil)
		a = w.as(token, o.method, target, body)
	case "disabled":
		token := w.token(w.ann, account.AllScopes()...)
		w.disable(w.ann, true)
		a = w.as(token, o.method, target, body)
		w.disable(w.ann, false)
	case "wrong scope":
		a, want = w.as(w.token(w.ann, others...), o.method, target, body), http.StatusForbidden
	case "other owner":
		return w.asBob(o, target, unknown, body)
	case "other site":
		if o.method == "GET" {
			return "-", "" // what changes nothing, a browser shows to nobody but our own pages
		}
		a, want = w.do(o.method, target, body, "Cookie", w.session(w.ann), "Sec-Fetch-Site", "cross-site"), http.StatusForbidden
	case "session":
		a, want = w.do(o.method, target, body, "Cookie", w.session(w.ann), "Sec-Fetch-Site", "same-origin"), 0
	default:
		a, want = w.as(w.token(w.ann, o.needs), o.method, target, body), 0
	}
	return w.judged(a, want)
}

func (w *world) disable(u account.User, disabled bool) {
	w.t.Helper()
	if _, err := w.accounts.ChangeUser(w.t.Context(), u.ID, account.UserChange{Disabled: &disabled}); err != nil {
		w.t.Fatal(err)
	}
}

// judged is the status of an answer, and what is wrong with it: 0 wants one of success.
func (w *world) judged(a reply, want int) (got, wrong string) {
	got = fmt.Sprint(a.status)
	switch {
	case want == 0 && (a.status < 200 || a.status > 299):
		return got, fmt.Sprintf("is answered %s; is a body missing in bodies?", a.body)
	case want != 0 && a.status != want:
		return got, fmt.Sprintf("is answered %d %s, want %d", a.status, a.body, want)
	case want != 0 && strings.Contains(string(a.body), marker):
		return got, "tells what is ann's"
	case want == http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), `Bearer realm="linkwell"`):
		return got, "does not say how to authenticate"
	case want != 0 && a.header.Get("Content-Type") != "application/problem+json":
		return got, "is no problem"
	}
	return got, ""
}

// asBob asks as somebody with accounts of his own and every scope that he may have: he must find nothing of ann's, change
// nothing, and not learn that it is there.
func (w *world) asBob(o operation, target, unknown, body string) (got, wrong string) {
	bob := w.token(w.bob, w.bob.Scopes()...)
	ann := w.token(w.ann, account.AllScopes()...)
	before := w.as(ann, "GET", "/v1/links", "").body
	a := w.as(bob, o.method, target, body)
	got = fmt.Sprint(a.status)
	after := w.as(ann, "GET", "/v1/links", "").body
	still := w.as(ann, "GET", "/v1/tokens", "").body
	switch {
	case o.needs == account.Admin:
		return w.judged(a, http.StatusForbidden)
	case strings.Contains(string(a.body), marker) && o.id != "create-token":
		return got, "tells what is ann's: " + string(a.body)
	case !bytes.Equal(before, after) || !bytes.Contains(still, []byte(w.spare.ID)):
		return got, "changes what is ann's"
	case unknown == "":
		return got, ""
	}
	foreign, none := a, w.as(bob, o.method, unknown, body)
	if foreign.status != http.StatusNotFound || none.status != http.StatusNotFound || !bytes.Equal(foreign.body, none.body) {
		return got, fmt.Sprintf("a foreign id is answered %d %s, an unknown one %d %s", foreign.status, foreign.body, none.status, none.body)
	}
	return got, ""
}

func TestWhatIsNotInTheDocumentIsOpenOnPurposeOrShut(t *testing.T) {
	w := newWorld(t)
	open := map[string]bool{"/healthz": true, "/readyz": true, "/docs": true, "/auth/login": true, "/auth/logout": true}
	walked := 0
	err := chi.Walk(w.bare.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		walked++
		target := strings.NewReplacer("{id}", w.link.ID, "{tag}", marker).Replace(route)
		status := w.do(method, target, "").status
		if want := open[route] || strings.HasPrefix(route, "/openapi"); want == (status == http.StatusUnauthorized) {
			t.Errorf("without a token %s %s is answered %d", method, route, status)
		}
		return nil
	})
	if err != nil || walked < 15 {
		t.Errorf("walked %d routes, %v", walked, err)
	}
}

func TestTokensThatOpenNothingAreAllAlike(t *testing.T) {
	w := newWorld(t)
	_, expired := w.createToken(w.ann, w.clock.Add(time.Minute), "expires", account.Read)
	made, revoked := w.createToken(w.ann, time.Time{}, "is revoked", account.Read)
	if err := w.accounts.RevokeToken(t.Context(), w.ann.ID, made.ID); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Minute)
	right := w.token(w.ann, account.Read)
	want := w.as(account.NewSecret().Reveal(), "GET", "/v1/links", "").is(http.StatusUnauthorized, nil)
	for name, token := range map[string]string{
		"expired": expired, "revoked": revoked, "another's secret": right[:len(right)-2] + "AB", "no token at all": "x", "empty": "",
		"with a password's form": "Basic YTpi", "cut": right[:30],
	} {
		got := w.as(token, "GET", "/v1/links", "")
		if got.status != want.status || !bytes.Equal(got.body, want.body) || got.header.Get("WWW-Authenticate") != want.header.Get("WWW-Authenticate") {
			t.Errorf("%s is answered %d %s", name, got.status, got.body)
		}
	}
}
