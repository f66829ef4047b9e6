package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
)

// How long a session lasts: unused, and at most.
const (
	SessionIdle = 24 * time.Hour
	SessionLife = 30 * 24 * time.Hour
)

// Session is a browser in which somebody is signed in.
type Session struct {
	// Hash is what is kept of its cookie, and tells it from others.
	Hash [32]byte
	// Browser is the family of browser and system in which it began (BrowserOf); empty if that is not known.
	Browser           string
	CreatedAt, SeenAt time.Time
}

func (s Session) over(now time.Time) bool {
	return !now.Before(s.CreatedAt.Add(SessionLife)) || !now.Before(s.SeenAt.Add(SessionIdle))
}

// SignIn begins a session of a user, in place of the one in the cookie had, if there is one, and returns what its cookie
// is to hold: always new, so that nobody can know it beforehand. Of the browser, which says userAgent of itself, only the
// family is kept.
func (a *Accounts) SignIn(ctx context.Context, u User, had, userAgent string) (cookie string, err error) {
	if err := a.SignOut(ctx, had); err != nil {
		return "", err
	}
	cookie = rand.Text() + rand.Text()
	if err := a.Store.AddSession(ctx, sessionHash(cookie), u.ID, BrowserOf(userAgent), a.now().Add(-SessionIdle)); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	a.Logger.InfoContext(ctx, "somebody signed in", "user", u.ID)
	return cookie, nil
}

// BySession tells whose session a cookie holds. It fails with ErrUnknown.
func (a *Accounts) BySession(ctx context.Context, cookie string) (Identity, error) {
	hash := sessionHash(cookie)
	session, user, err := a.Store.Session(ctx, hash)
	switch {
	case errors.Is(err, ErrNotFound):
		return Identity{}, ErrUnknown
	case err != nil:
		return Identity{}, fmt.Errorf("find session: %w", err)
	case session.over(a.Now()) || !user.enabled():
		return Identity{}, ErrUnknown
	}
	a.note(ctx, "session "+string(hash[:]), session.SeenAt, func(ctx context.Context, at time.Time) error { return a.Store.SeeSession(ctx, hash, at) })
	return Identity{Owner: user.ID, Name: user.Name, Scopes: user.Scopes(), User: user, Session: hash}, nil
}

// SignOut ends the session in a cookie, if it is one.
func (a *Accounts) SignOut(ctx context.Context, cookie string) error {
	if cookie == "" {
		return nil
	}
	if err := a.Store.EndSession(ctx, sessionHash(cookie)); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sessions are where a user is signed in, the last used first.
func (a *Accounts) Sessions(ctx context.Context, u User) ([]Session, error) {
	all, err := a.Store.Sessions(ctx, u.ID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return slices.DeleteFunc(all, func(s Session) bool { return s.over(a.Now()) }), nil
}

// SignOutEverywhere ends all sessions of a user. Their tokens go on.
func (a *Accounts) SignOutEverywhere(ctx context.Context, u User) error {
	if err := a.Store.EndSessions(ctx, u.ID); err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	a.Logger.InfoContext(ctx, "somebody signed out everywhere", "user", u.ID)
	return nil
}

// sessionHash is what is kept of a cookie: who can read the database cannot sign in with it.
func sessionHash(cookie string) [32]byte { return sha256.Sum256([]byte(cookie)) }
