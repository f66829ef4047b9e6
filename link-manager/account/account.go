// Package account knows who may use Linkwell: tokens for programs, users with a password or an OpenID Connect provider
// behind them, and the sessions of their browsers. It tells who somebody is and what they may do; whether that is enough
// is decided where the request is answered.
package account

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Local owns every link where there are no accounts, and is whose tokens the operator makes.
const Local = "local"

var (
	// ErrUnknown means that nobody is known by what was shown. It is the same for a token, password or session that is
	// wrong, expired or revoked, and for those of somebody who is disabled.
	ErrUnknown = errors.New("nobody is known by this")
	// ErrNotFound means that there is no such token or user, or that it is somebody else's.
	ErrNotFound = errors.New("there is no such account or token")
	// ErrTaken means that somebody has this login already.
	ErrTaken = errors.New("this login is taken")
	// ErrTooMany means that the owner has MaxTokens tokens.
	ErrTooMany = errors.New("there are too many tokens")
	// ErrBusy means that too many passwords are being checked to check one more now.
	ErrBusy = errors.New("too many people sign in at the moment")
)

// Store is what is kept of accounts. A foreign id is as unknown as no id at all: ErrNotFound.
type Store interface {
	// AddToken fails with ErrTooMany, and with ErrNotFound if the token it was made with is gone.
	AddToken(ctx context.Context, t StoredToken) error
	// Token returns the token with this id, whoever owns it, and its owner; the zero User for Local.
	Token(ctx context.Context, id string) (StoredToken, User, error)
	Tokens(ctx context.Context, owner string) ([]Token, error)
	RevokeToken(ctx context.Context, owner, id string) error
	UseToken(ctx context.Context, id string, at time.Time) error

	// AddUser fails with ErrTaken.
	AddUser(ctx context.Context, u User, password string) error
	User(ctx context.Context, id string) (User, error)
	// UserByLogin returns the hash of the password too.
	UserByLogin(ctx context.Context, login string) (User, string, error)
	// Users lists by id, so the oldest first: at most limit, after the one with the id after.
	Users(ctx context.Context, after string, limit int) ([]User, error)
	// ChangeUser ends the sessions of a user who is disabled or gets a new password.
	ChangeUser(ctx context.Context, id string, c UserChange) (User, error)
	// Meet returns the user that a provider knows as p, who becomes one with the given id if they are none yet.
	Meet(ctx context.Context, p Person, id string) (User, error)

	// AddSession forgets sessions that nobody has used since idle.
	AddSession(ctx context.Context, hash [32]byte, user, browser string, idle time.Time) error
	Session(ctx context.Context, hash [32]byte) (Session, User, error)
	SeeSession(ctx context.Context, hash [32]byte, at time.Time) error
	EndSession(ctx context.Context, hash [32]byte) error
	// Sessions are all of a user's, the last used first.
	Sessions(ctx context.Context, user string) ([]Session, error)
	// EndSessions ends all of a user's.
	EndSessions(ctx context.Context, user string) error
}

// Config is what Accounts is built from.
type Config struct {
	Store Store
	// Admin is the token in ADMIN_TOKEN_FILE: it may do everything, as Local, while it stands there. The zero value is none.
	Admin Secret
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger hears what an operator should know, and never a secret.
	Logger *slog.Logger
}

// Accounts tells who somebody is. It is safe for concurrent use.
type Accounts struct {
	Config
	hashing chan struct{}
	noted   noted
}

// New returns the accounts in a store.
func New(c Config) *Accounts {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Accounts{Config: c, hashing: make(chan struct{}, hashesAtOnce)}
}
