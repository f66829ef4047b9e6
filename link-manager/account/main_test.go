package account_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// rig is accounts over a real SQLite store, whose time stands still until it is moved.
type rig struct {
	*account.Accounts
	t     *testing.T
	store *store.Store
	mutex sync.Mutex
	clock time.Time
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, clock: start}
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), Now: r.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	r.store = opened
	r.Accounts = account.New(account.Config{Store: opened, Now: r.now, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	return r
}

func (r *rig) now() time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.clock
}

func (r *rig) pass(d time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.clock = r.clock.Add(d)
}

func (r *rig) user(login, password string) account.User {
	r.t.Helper()
	u, err := r.AddUser(r.t.Context(), account.UserDraft{Login: login, Password: password})
	if err != nil {
		r.t.Fatal(err)
	}
	return u
}

func (r *rig) create(by account.Identity, d account.TokenDraft) (account.Token, string) {
	r.t.Helper()
	token, secret, err := r.CreateToken(r.t.Context(), by, d)
	if err != nil {
		r.t.Fatal(err)
	}
	return token, secret.Reveal()
}

// byToken is who shows a token, which must be somebody.
func (r *rig) byToken(secret string) account.Identity {
	r.t.Helper()
	identity, err := r.ByToken(r.t.Context(), secret)
	if err != nil {
		r.t.Fatal(err)
	}
	return identity
}

// counting is a store that counts how often the use of something is written down.
type counting struct {
	account.Store
	mutex sync.Mutex
	uses  int
}

func (c *counting) UseToken(ctx context.Context, id string, at time.Time) error {
	c.mutex.Lock()
	c.uses++
	c.mutex.Unlock()
	return c.Store.UseToken(ctx, id, at)
}
