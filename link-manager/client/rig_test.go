package client_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/client"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a Linkwell over a real SQLite store, with the owner "local" and somebody who asks it.
type rig struct {
	*client.Client
	t      *testing.T
	store  *store.Store
	server *httptest.Server
	token  string
	bell   live.Bell
	// answered tells what was answered last; what nobody reads is lost.
	answered chan answered
}

// answered is a request that was answered.
type answered struct {
	request string // method and route
	status  int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, answered: make(chan answered, 10)}
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), Written: r.bell.Ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	r.store = opened
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	accounts := account.New(account.Config{Store: opened, Now: time.Now, Logger: logger})
	_, secret, err := accounts.CreateToken(t.Context(), account.Everything(account.Local), account.TokenDraft{Name: "of a test", Scopes: []string{"read", "write", "check", "admin"}})
	if err != nil {
		t.Fatal(err)
	}
	r.token = secret.Reveal()
	r.server = httptest.NewServer(api.New(api.Config{
		Store: opened, Changed: r.bell.Rung, Accounts: accounts, DeadLetters: letters{},
		Wake: func() {}, WakeImporter: func() {},
		TestWebhook: func(context.Context, store.Webhook) error { return nil },
		Answered: func(method, route string, status int, _ time.Duration) {
			select {
			case r.answered <- answered{method + " " + route, status}:
			default:
			}
		},
		Logger: logger,
	}))
	t.Cleanup(r.server.Close)
	r.Client = newClient(t, client.Config{Server: r.server.URL, Token: r.token, Patience: -1})
	return r
}

// newClient makes a client that does not wait, and ends with the test.
func newClient(t *testing.T, c client.Config) *client.Client {
	t.Helper()
	made, err := client.New(c)
	if err != nil {
		t.Fatal(err)
	}
	made.SetSleep(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	t.Cleanup(made.CloseIdleConnections)
	return made
}

func (r *rig) add(url string, tags ...string) client.Link {
	r.t.Helper()
	l, err := r.AddLink(r.t.Context(), client.Draft{URL: url, Tags: tags})
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

// answer gives all that is due the same answer.
func (r *rig) answer(reason check.Reason, httpStatus int) {
	r.t.Helper()
	for _, lane := range store.Lanes() {
		claimed, err := r.store.Claim(r.t.Context(), store.ClaimRequest{Lane: lane, Limit: 1000, Lease: time.Minute})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, claim := range claimed.Claims {
			c := event.Checked{CheckID: claim.CheckID, Result: check.Result{URL: claim.URL, HTTPStatus: httpStatus}}
			c.Decide(reason)
			if outcome, err := r.store.Apply(r.t.Context(), c, nil); err != nil || outcome != store.Applied {
				r.t.Fatal(outcome, err)
			}
		}
	}
}

// letters are three dead letters that nothing ends; the last is no text.
type letters struct{}

func (letters) List(_ context.Context, f deadletter.Filter) (page []deadletter.Letter, more bool, err error) {
	for id := f.After + 1; id <= 3; id++ {
		if f.Function == "" || f.Function == "printer" {
			page = append(page, deadletter.Letter{ID: id, Function: "printer", KeptAt: time.Now()})
		}
	}
	return page, false, nil
}

func (letters) Get(_ context.Context, id uint64) (deadletter.Letter, error) {
	if id > 3 {
		return deadletter.Letter{}, fmt.Errorf("read dead letter: %w", deadletter.ErrNotFound)
	}
	l := deadletter.Letter{ID: id, Function: "printer", Header: map[string][]string{"A": {"b"}}, Body: []byte("text")}
	if id == 3 {
		l.Body = []byte("\xff")
	}
	return l, nil
}

func (l letters) Redrive(ctx context.Context, id uint64) (deadletter.Redriven, error) {
	_, err := l.Get(ctx, id)
	return deadletter.Republished, err
}

func (l letters) Purge(ctx context.Context, id uint64) error {
	_, err := l.Get(ctx, id)
	return err
}
