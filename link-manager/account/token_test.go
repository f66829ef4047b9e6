package account_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

func TestATokenTellsWhoShowsIt(t *testing.T) {
	r := newRig(t)
	ann := r.user("ann", "a long password")
	by := account.Identity{Owner: ann.ID, Scopes: ann.Scopes(), User: ann}
	token, secret := r.create(by, account.TokenDraft{Name: " backup ", Scopes: []string{"check", "read", "read"}})
	if token.Name != "backup" || token.Scopes.String() != "read check" || !strings.HasPrefix(secret, "lw_"+token.ID+"_") {
		t.Errorf("token is %+v", token)
	}
	got := r.byToken(secret)
	want := account.Identity{Owner: ann.ID, Name: "ann", Scopes: account.Scopes{account.Read, account.Check}, Token: token, User: ann}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATokenMadeWithATokenCanDoNoMoreAndEndsWithIt(t *testing.T) {
	r := newRig(t)
	first, secret := r.create(account.Everything(account.Local), account.TokenDraft{Name: "first", Scopes: []string{"read", "write"}, ExpiresAt: start.Add(time.Hour)})
	by := r.byToken(secret)
	for name, test := range map[string]struct {
		draft account.TokenDraft
		field string
	}{
		"more scopes":        {account.TokenDraft{Name: "a", Scopes: []string{"read", "admin"}}, "scopes"},
		"no scopes":          {account.TokenDraft{Name: "a"}, "scopes"},
		"an unknown scope":   {account.TokenDraft{Name: "a", Scopes: []string{"Read"}}, "scopes"},
		"a later end":        {account.TokenDraft{Name: "a", Scopes: []string{"read"}, ExpiresAt: start.Add(time.Hour + time.Second)}, "expires_at"},
		"an end in the past": {account.TokenDraft{Name: "a", Scopes: []string{"read"}, ExpiresAt: start}, "expires_at"},
		"no name":            {account.TokenDraft{Name: " ", Scopes: []string{"read"}}, "name"},
		"a name of lines":    {account.TokenDraft{Name: "a\nb", Scopes: []string{"read"}}, "name"},
		"a very long name":   {account.TokenDraft{Name: strings.Repeat("a", account.MaxName+1), Scopes: []string{"read"}}, "name"},
	} {
		_, _, err := r.CreateToken(t.Context(), by, test.draft)
		var wrong *link.FieldError
		if !errors.As(err, &wrong) || wrong.Field != test.field {
			t.Errorf("%s: got %v, want an error about %s", name, err, test.field)
		}
	}
	made, madeSecret := r.create(by, account.TokenDraft{Name: "made", Scopes: []string{"read"}})
	if made.MadeBy != first.ID || !made.ExpiresAt.Equal(first.ExpiresAt) {
		t.Errorf("made is %+v", made)
	}
	r.byToken(madeSecret)
	if err := r.RevokeToken(t.Context(), account.Local, first.ID); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{secret, madeSecret} {
		if _, err := r.ByToken(t.Context(), s); !errors.Is(err, account.ErrUnknown) {
			t.Errorf("a token that was revoked, or made with one, is answered %v", err)
		}
	}
	if _, _, err := r.CreateToken(t.Context(), by, account.TokenDraft{Name: "late", Scopes: []string{"read"}}); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("making one with a revoked token is answered %v", err)
	}
}

func TestATokenCanDoNoMoreThanItsUserMayNow(t *testing.T) {
	r := newRig(t)
	ann, err := r.AddUser(t.Context(), account.UserDraft{Login: "ann", Password: "a long password", Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	_, secret := r.create(account.Identity{Owner: ann.ID, Scopes: ann.Scopes()}, account.TokenDraft{Name: "a", Scopes: []string{"read", "admin"}})
	no := false
	if _, err := r.ChangeUser(t.Context(), ann.ID, account.UserChange{Admin: &no}); err != nil {
		t.Fatal(err)
	}
	if got := r.byToken(secret).Scopes.String(); got != "read" {
		t.Errorf("it may %s", got)
	}
}

func TestTheUseOfATokenIsWrittenDownOnceAMinute(t *testing.T) {
	r := newRig(t)
	counted := &counting{Store: r.store}
	r.Accounts = account.New(account.Config{Store: counted, Now: r.now})
	_, secret := r.create(account.Everything(account.Local), account.TokenDraft{Name: "busy", Scopes: []string{"read"}})
	for minute := range 3 {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := r.ByToken(t.Context(), secret); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		r.pass(30 * time.Second)
		r.byToken(secret)
		if counted.uses != minute+1 {
			t.Errorf("after %d minutes it was written down %d times", minute, counted.uses)
		}
		tokens, err := r.store.Tokens(t.Context(), account.Local)
		if want := start.Add(time.Duration(minute) * time.Minute); err != nil || !tokens[0].LastUsedAt.Equal(want) {
			t.Errorf("last used is %v (%v), want %v", tokens[0].LastUsedAt, err, want)
		}
		r.pass(30 * time.Second)
	}
}

func TestTheTokenInAFileMayDoEverythingWhileItIsThere(t *testing.T) {
	r := newRig(t)
	admin, err := account.ParseSecret("lw_admin_" + strings.Repeat("0123456789abcdef", 4))
	if err != nil {
		t.Fatal(err)
	}
	r.Accounts = account.New(account.Config{Store: r.store, Admin: admin, Now: r.now})
	by := r.byToken(admin.Reveal())
	if by.Owner != account.Local || by.Scopes.String() != "read write check admin" {
		t.Errorf("it is %+v", by)
	}
	for _, wrong := range []string{admin.Reveal() + "0", "lw_admin_" + strings.Repeat("a", 64), "lw_Admin_" + strings.Repeat("0123456789abcdef", 4)} {
		if _, err := r.ByToken(t.Context(), wrong); !errors.Is(err, account.ErrUnknown) {
			t.Errorf("%s is answered %v", wrong, err)
		}
	}
	_, secret := r.create(by, account.TokenDraft{Name: "first", Scopes: []string{"read"}})
	r.Accounts = account.New(account.Config{Store: r.store, Now: r.now})
	r.byToken(secret)
	if _, err := r.ByToken(t.Context(), admin.Reveal()); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("without the file it is answered %v", err)
	}
}

func TestASecretDoesNotPrintItself(t *testing.T) {
	s := account.NewSecret()
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "secret", s)
	_, secret, _ := strings.Cut(strings.TrimPrefix(s.Reveal(), "lw_"), "_")
	printed := fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s) + log.String()
	if strings.Contains(printed, secret) || !strings.Contains(printed, s.ID) {
		t.Errorf("it prints %s", printed)
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add(account.NewSecret().Reveal())
	f.Add("lw_admin_" + strings.Repeat("a", 32))
	f.Add("lw__")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := account.ParseSecret(text)
		if err != nil {
			if len(text) > 40 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats it: %v", err)
			}
			return
		}
		if s.Reveal() != text {
			t.Errorf("%q was read as %q", text, s.Reveal())
		}
	})
}
