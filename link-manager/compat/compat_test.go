package compat_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/compat"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)

// rig is an API where everybody needs an account, with the others' APIs beside it, over a real SQLite store.
type rig struct {
	t        *testing.T
	store    *store.Store
	accounts *account.Accounts
	handler  http.Handler
	clock    time.Time
	ann, bob account.User
	logs     bytes.Buffer
	spans    *tracetest.InMemoryExporter
	routes   []string // as metrics are told of them
}

func newRig(t *testing.T, change ...func(*api.Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: start, spans: tracetest.NewInMemoryExporter()}
	now := func() time.Time { return r.clock }
	tracking, err := link.ParseTracking(strings.Split(link.DefaultTracking, ","))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), Now: now, Tracking: tracking})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	logger := slog.New(slog.NewTextHandler(&r.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.store = opened
	r.accounts = account.New(account.Config{Store: opened, Now: now, Logger: logger})
	config := api.Config{
		Store: opened, Accounts: r.accounts, Wake: func() {}, Logger: logger,
		Mounts:   compat.New(compat.Names(), opened, now),
		Tracing:  sdktrace.NewTracerProvider(sdktrace.WithSyncer(r.spans)),
		Answered: func(_, route string, _ int, _ time.Duration) { r.routes = append(r.routes, route) },
	}
	for _, c := range change {
		c(&config)
	}
	r.handler = api.New(config)
	for name, user := range map[string]*account.User{"Ann": &r.ann, "Bob": &r.bob} {
		*user = account.User{ID: "01900000-0000-7000-8000-00000000000" + strings.ToLower(name[:1]), Name: name, Login: name, CreatedAt: start}
		if err := opened.AddUser(t.Context(), *user, ""); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *rig) token(u account.User, expires time.Time, scopes ...account.Scope) (id, token string) {
	r.t.Helper()
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	made, secret, err := r.accounts.CreateToken(r.t.Context(), account.Identity{Owner: u.ID, Scopes: u.Scopes(), User: u},
		account.TokenDraft{Name: "of a test", Scopes: names, ExpiresAt: expires})
	if err != nil {
		r.t.Fatal(err)
	}
	return made.ID, secret.Reveal()
}

func (r *rig) mayAll(u account.User) string {
	_, token := r.token(u, time.Time{}, account.Read, account.Write)
	return token
}

func (r *rig) add(u account.User, url string, tags ...string) link.Link {
	r.t.Helper()
	l, err := r.store.Add(r.t.Context(), u.ID, link.Draft{URL: url, Tags: tags})
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

func (r *rig) links(u account.User) []link.Link {
	r.t.Helper()
	links, err := r.store.List(r.t.Context(), u.ID, store.Filter{Limit: 1_000})
	if err != nil {
		r.t.Fatal(err)
	}
	return links
}

// do makes a request; headers are names and values.
func (r *rig) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	request := httptest.NewRequestWithContext(r.t.Context(), method, target, strings.NewReader(body))
	request.Host = "links.example.com"
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	r.handler.ServeHTTP(recorder, request)
	return recorder
}

// step is a request of a client; the clock moves by a minute before each.
type step struct{ method, target, body string }

// tell makes requests as one client does, with its token where it puts it, and holds all answers to a golden file.
func (r *rig) tell(file string, steps []step, with func(target, token string) (string, []string)) {
	r.t.Helper()
	token := r.mayAll(r.ann)
	var got strings.Builder
	for _, s := range steps {
		r.clock = r.clock.Add(time.Minute)
		target, headers := with(s.target, token)
		a := r.do(s.method, target, s.body, headers...)
		fmt.Fprintf(&got, "%s %s\n", s.method, s.target)
		if s.body != "" {
			fmt.Fprintf(&got, "  %s\n", s.body)
		}
		answer := strings.ReplaceAll(strings.TrimSpace(a.Body.String()), token, "TOKEN")
		fmt.Fprintf(&got, "→ %d %s\n%s\n\n", a.Code, a.Header().Get("Content-Type"), answer)
	}
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		r.t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}

// asLinkding shows a token as linkding's clients do.
func asLinkding(target, token string) (string, []string) {
	return "/compat/linkding" + target, []string{"Authorization", "Token " + token}
}

// asPinboard shows a token as Pinboard's clients do.
func asPinboard(target, token string) (string, []string) {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	return "/compat/pinboard" + target + separator + "auth_token=ann:" + token, nil
}

func TestNamesOfAPIs(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "linkding": {"linkding"}, "Pinboard , linkding,": {"pinboard", "linkding"}} {
		if got, err := compat.Parse(strings.Split(text, ",")); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
	if _, err := compat.Parse([]string{"linkding", "delicious"}); err == nil || !strings.Contains(err.Error(), `"delicious" is not known; it may be linkding or pinboard`) {
		t.Errorf("another is answered %v", err)
	}
	if got := compat.New(nil, nil, nil); len(got) != 0 {
		t.Errorf("nothing is %d APIs", len(got))
	}
}

func TestNothingIsThereUnlessAskedFor(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Mounts = nil })
	target, headers := asLinkding("/api/bookmarks/", r.mayAll(r.ann))
	if a := r.do("GET", target, "", headers...); a.Code != http.StatusNotFound {
		t.Errorf("is answered %d", a.Code)
	}
}

// brokenStore cannot list.
type brokenStore struct {
	compat.Store
	err error
}

func (s brokenStore) Pick(context.Context, string, store.Pick) ([]link.Link, error) {
	return nil, s.err
}
