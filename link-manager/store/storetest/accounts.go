package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/account"
)

// accountTests are about account.Store.
var accountTests = map[string]func(*testing.T, *fixture){
	"a token is found by its id, with its owner, and listed for nobody else": func(t *testing.T, f *fixture) {
		ann, bob := f.user("ann"), f.user("bob")
		token := f.token(ann.ID, "", "first")
		got, owner, err := f.Token(t.Context(), token.ID)
		f.equal("error", err, nil)
		f.equal("token", got, token)
		f.equal("owner", owner, ann)
		f.clock.pass(time.Second)
		second := f.token(ann.ID, "", "second")
		f.equal("ann's", f.tokens(ann.ID), []account.Token{second.Token, token.Token})
		f.equal("bob's", f.tokens(bob.ID), []account.Token(nil))
		f.equal("local's", f.tokens(account.Local), []account.Token(nil))
		_, nobody, err := f.Token(t.Context(), f.token(account.Local, "", "local").ID)
		f.equal("error", err, nil)
		f.equal("owner of local's", nobody, account.User{})
		_, _, err = f.Token(t.Context(), "unknown")
		f.fails("unknown", err, account.ErrNotFound)
	},
	"a token is revoked by its owner alone, and takes those made with it along": func(t *testing.T, f *fixture) {
		ann, bob := f.user("ann"), f.user("bob")
		token := f.token(ann.ID, "", "first")
		made := f.token(ann.ID, token.ID, "made with it")
		last := f.token(ann.ID, made.ID, "made with that")
		other := f.token(ann.ID, "", "other")
		f.fails("by bob", f.RevokeToken(t.Context(), bob.ID, token.ID), account.ErrNotFound)
		f.equal("by ann", f.RevokeToken(t.Context(), ann.ID, token.ID), nil)
		f.fails("again", f.RevokeToken(t.Context(), ann.ID, token.ID), account.ErrNotFound)
		f.equal("left", f.tokens(ann.ID), []account.Token{other.Token})
		f.fails("made with one that is gone", f.AddToken(t.Context(), newToken(f, ann.ID, last.ID, "late")), account.ErrNotFound)
		f.fails("made with somebody else's", f.AddToken(t.Context(), newToken(f, bob.ID, other.ID, "bob's")), account.ErrNotFound)
	},
	"that a token is used is written down": func(t *testing.T, f *fixture) {
		token := f.token(account.Local, "", "first")
		token.LastUsedAt = f.clock.pass(time.Hour)
		f.equal("error", f.UseToken(t.Context(), token.ID, token.LastUsedAt), nil)
		f.equal("tokens", f.tokens(account.Local), []account.Token{token.Token})
		f.fails("one that is gone", f.UseToken(t.Context(), "gone", token.LastUsedAt), account.ErrNotFound)
	},
	"nobody has more tokens than are allowed": func(t *testing.T, f *fixture) {
		for range account.MaxTokens {
			f.token(account.Local, "", "one of many")
		}
		f.fails("one more", f.AddToken(t.Context(), newToken(f, account.Local, "", "one too many")), account.ErrTooMany)
		f.token(f.user("ann").ID, "", "ann's")
	},
	"a login is one user's": func(t *testing.T, f *fixture) {
		ann := f.user("ann")
		got, password, err := f.UserByLogin(t.Context(), "ann")
		f.equal("error", err, nil)
		f.equal("user", got, ann)
		f.equal("password", password, "hash of ann")
		f.fails("again", f.AddUser(t.Context(), account.User{ID: newID(), Name: "Ann", Login: "ann", CreatedAt: start}, "another"), account.ErrTaken)
		_, _, err = f.UserByLogin(t.Context(), "bob")
		f.fails("unknown", err, account.ErrNotFound)
		_, _, err = f.UserByLogin(t.Context(), "")
		f.fails("none", err, account.ErrNotFound)
		_, err = f.User(t.Context(), newID())
		f.fails("unknown id", err, account.ErrNotFound)
	},
	"many who want one login at once are one who gets it": func(t *testing.T, f *fixture) {
		got := make(chan error, 16)
		f.each(cap(got), func(ctx context.Context, _ int) error {
			got <- f.AddUser(ctx, account.User{ID: newID(), Name: "Ann", Login: "ann", CreatedAt: start}, "hash")
			return nil
		})
		close(got)
		added := 0
		for err := range got {
			switch {
			case err == nil:
				added++
			case !errors.Is(err, account.ErrTaken):
				t.Error(err)
			}
		}
		f.equal("added", added, 1)
	},
	"users are listed a page at a time, each once": func(t *testing.T, f *fixture) {
		var want []account.User
		for _, login := range []string{"ann", "bob", "cid", "dot", "eve"} {
			want = append(want, f.user(login))
		}
		var got []account.User
		for after := ""; ; after = got[len(got)-1].ID {
			page, err := f.Users(t.Context(), after, 2)
			if err != nil || len(page) > 2 {
				t.Fatal(page, err)
			}
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		slices.SortFunc(want, func(a, b account.User) int { return strings.Compare(a.ID, b.ID) })
		f.equal("users", got, want)
	},
	"a provider's user is who the provider says it is, whatever they are called": func(t *testing.T, f *fixture) {
		person := account.Person{Issuer: "https://one.example", Subject: "7", Name: "Ann"}
		ann := f.meet(person)
		f.equal("name", ann.Name, "Ann")
		person.Name = "Bob"
		renamed := ann
		renamed.Name = "Bob"
		f.equal("the same, under another name", f.meet(person), renamed)
		for name, other := range map[string]account.Person{
			"another's subject":       {Issuer: "https://one.example", Subject: "8", Name: "Bob"},
			"another provider's":      {Issuer: "https://two.example", Subject: "7", Name: "Bob"},
			"a subject in other case": {Issuer: "https://one.example", Subject: "7 ", Name: "Bob"},
		} {
			if got := f.meet(other); got.ID == ann.ID {
				t.Errorf("%s is the same user", name)
			}
		}
	},
	"a provider's user who comes twice at once is one": func(t *testing.T, f *fixture) {
		ids := make(chan string, 16)
		f.each(cap(ids), func(ctx context.Context, _ int) error {
			u, err := f.Meet(ctx, account.Person{Issuer: "https://one.example", Subject: "7", Name: "Ann"}, newID())
			ids <- u.ID
			return err
		})
		close(ids)
		first := <-ids
		for id := range ids {
			f.equal("id", id, first)
		}
	},
	"a change is of one user, and leaves what it does not mention": func(t *testing.T, f *fixture) {
		ann, bob := f.user("ann"), f.user("bob")
		yes, no, hash := true, false, "new hash"
		want := ann
		want.Admin = true
		f.equal("admin", f.change(ann, account.UserChange{Admin: &yes}), want)
		want.DisabledAt = f.clock.pass(time.Minute)
		f.equal("disabled", f.change(ann, account.UserChange{Disabled: &yes}), want)
		f.clock.pass(time.Minute)
		f.equal("disabled again", f.change(ann, account.UserChange{Disabled: &yes}), want)
		f.equal("with a password", f.change(ann, account.UserChange{Password: &hash}), want)
		f.equal("nothing", f.change(ann, account.UserChange{}), want)
		f.equal("enabled, and no admin", f.change(ann, account.UserChange{Disabled: &no, Admin: &no}), ann)
		_, password, err := f.UserByLogin(t.Context(), "ann")
		f.equal("error", err, nil)
		f.equal("password", password, hash)
		_, password, _ = f.UserByLogin(t.Context(), "bob")
		f.equal("bob's password", password, "hash of bob")
		got, _ := f.User(t.Context(), bob.ID)
		f.equal("bob", got, bob)
		_, err = f.ChangeUser(t.Context(), newID(), account.UserChange{Admin: &yes})
		f.fails("nobody", err, account.ErrNotFound)
	},
	"a session is found until it ends": func(t *testing.T, f *fixture) {
		ann := f.user("ann")
		f.session(1, ann)
		began := f.clock.Now().UTC()
		ann.SignedInAt = began
		session, user, err := f.Session(t.Context(), hashOf(1))
		f.equal("error", err, nil)
		f.equal("session", session, account.Session{CreatedAt: began, SeenAt: began})
		f.equal("user", user, ann)
		seen := f.clock.pass(time.Hour)
		f.equal("seen", f.SeeSession(t.Context(), hashOf(1), seen), nil)
		session, _, _ = f.Session(t.Context(), hashOf(1))
		f.equal("session", session, account.Session{CreatedAt: began, SeenAt: seen})
		f.equal("ended", f.EndSession(t.Context(), hashOf(1)), nil)
		f.sessionsLeft(1)
		f.fails("ended again", f.EndSession(t.Context(), hashOf(1)), account.ErrNotFound)
	},
	"sessions end with a new password and with being disabled, and of nobody else": func(t *testing.T, f *fixture) {
		ann, bob := f.user("ann"), f.user("bob")
		yes, hash := true, "new hash"
		f.session(1, ann)
		f.session(2, bob)
		f.change(ann, account.UserChange{Admin: &yes})
		f.sessionsLeft(2, 1, 2)
		f.change(ann, account.UserChange{Password: &hash})
		f.sessionsLeft(2, 2)
		f.session(1, ann)
		f.change(ann, account.UserChange{Disabled: &yes})
		f.sessionsLeft(2, 2)
		f.fails("of who is disabled", f.AddSession(t.Context(), hashOf(1), ann.ID, "", time.Time{}), account.ErrNotFound)
	},
	"all sessions of a user are listed, and ended at once": func(t *testing.T, f *fixture) {
		ann, bob := f.user("ann"), f.user("bob")
		first := f.clock.Now().UTC()
		f.session(1, ann)
		f.session(2, bob)
		second := f.clock.pass(time.Hour).UTC()
		f.session(3, ann)
		sessions, err := f.Sessions(t.Context(), ann.ID)
		f.equal("error", err, nil)
		f.equal("sessions", sessions, []account.Session{
			{Hash: hashOf(3), Browser: "Browser 3", CreatedAt: second, SeenAt: second}, {Hash: hashOf(1), Browser: "Browser 1", CreatedAt: first, SeenAt: first},
		})
		f.equal("ended", f.EndSessions(t.Context(), ann.ID), nil)
		f.sessionsLeft(3, 2)
		sessions, err = f.Sessions(t.Context(), ann.ID)
		f.equal("error", err, nil)
		f.equal("none", len(sessions), 0)
		f.equal("ended again", f.EndSessions(t.Context(), ann.ID), nil)
	},
	"sessions that nobody uses go when the next one begins": func(t *testing.T, f *fixture) {
		ann := f.user("ann")
		f.session(1, ann)
		f.clock.pass(time.Hour)
		f.session(2, ann)
		f.sessionsLeft(3, 1, 2)
		f.clock.pass(account.SessionIdle - time.Minute)
		f.session(3, ann)
		f.sessionsLeft(3, 2, 3)
	},
}

func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err)
	}
	return id.String()
}

func hashOf(n byte) (hash [32]byte) {
	hash[31] = n
	return hash
}

func (f *fixture) user(login string) account.User {
	f.t.Helper()
	u := account.User{ID: newID(), Name: login, Login: login, CreatedAt: f.clock.Now().UTC()}
	if err := f.AddUser(f.t.Context(), u, "hash of "+login); err != nil {
		f.t.Fatal(err)
	}
	return u
}

func (f *fixture) meet(p account.Person) account.User {
	f.t.Helper()
	u, err := f.Meet(f.t.Context(), p, newID())
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

func (f *fixture) change(u account.User, c account.UserChange) account.User {
	f.t.Helper()
	changed, err := f.ChangeUser(f.t.Context(), u.ID, c)
	if err != nil {
		f.t.Fatal(err)
	}
	return changed
}

func newToken(f *fixture, owner, madeBy, name string) account.StoredToken {
	secret := account.NewSecret()
	now := f.clock.Now().UTC()
	return account.StoredToken{Token: account.Token{
		ID: secret.ID, Owner: owner, Name: name, MadeBy: madeBy, Scopes: account.Scopes{account.Read, account.Check},
		CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}, Hash: secret.Hash()}
}

func (f *fixture) token(owner, madeBy, name string) account.StoredToken {
	f.t.Helper()
	token := newToken(f, owner, madeBy, name)
	if err := f.AddToken(f.t.Context(), token); err != nil {
		f.t.Fatal(err)
	}
	return token
}

func (f *fixture) tokens(owner string) []account.Token {
	f.t.Helper()
	tokens, err := f.Tokens(f.t.Context(), owner)
	if err != nil {
		f.t.Fatal(err)
	}
	return tokens
}

func (f *fixture) session(n byte, u account.User) {
	f.t.Helper()
	if err := f.AddSession(f.t.Context(), hashOf(n), u.ID, fmt.Sprintf("Browser %d", n), f.clock.Now().Add(-account.SessionIdle)); err != nil {
		f.t.Fatal(err)
	}
}

// sessionsLeft checks which of the sessions 1 to most there are.
func (f *fixture) sessionsLeft(most byte, want ...byte) {
	f.t.Helper()
	var left []byte
	for n := byte(1); n <= most; n++ {
		switch _, _, err := f.Session(f.t.Context(), hashOf(n)); {
		case err == nil:
			left = append(left, n)
		case !errors.Is(err, account.ErrNotFound):
			f.t.Error(err)
		}
	}
	f.equal("sessions", left, want)
}
