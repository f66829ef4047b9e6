package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
)

// MaxTokens is how many tokens an owner may have.
const MaxTokens = 100

// Token is all that anybody gets to see of a token once it is made.
type Token struct {
	ID     string
	Owner  string
	Name   string
	Scopes Scopes
	// MadeBy is the token it was made with, and ends with; empty for one that a person made.
	MadeBy    string
	CreatedAt time.Time
	// ExpiresAt is zero for one that does not expire, and LastUsedAt for one that was never used; it is up to a minute late.
	ExpiresAt  time.Time
	LastUsedAt time.Time
}

// expired reports whether its time is over.
func (t Token) expired(now time.Time) bool { return !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt) }

// StoredToken is a token and the SHA-256 of its secret.
type StoredToken struct {
	Token
	Hash [32]byte
}

// TokenDraft is what somebody asks for in a token.
type TokenDraft struct {
	Name   string
	Scopes []string
	// ExpiresAt is zero for a token that does not expire.
	ExpiresAt time.Time
}

// CreateToken makes a token for the owner whose identity it is. It can do no more than that identity: what was made with
// a token has at most its scopes, and ends with it. It fails with a *link.FieldError, or ErrTooMany.
func (a *Accounts) CreateToken(ctx context.Context, by Identity, d TokenDraft) (Token, Secret, error) {
	t, err := d.check(by, a.Now())
	if err != nil {
		return Token{}, Secret{}, err
	}
	secret := NewSecret()
	t.ID, t.Owner, t.CreatedAt = secret.ID, by.Owner, a.now()
	if by.Token.ID != a.Admin.ID {
		t.MadeBy = by.Token.ID
	}
	if err := a.Store.AddToken(ctx, StoredToken{Token: t, Hash: secret.Hash()}); err != nil {
		if errors.Is(err, ErrNotFound) {
			err = ErrUnknown // the token that was shown has been revoked meanwhile
		}
		return Token{}, Secret{}, fmt.Errorf("create token: %w", err)
	}
	a.Logger.InfoContext(ctx, "created a token", "token", t.ID, "owner", t.Owner, "scopes", t.Scopes.String())
	return t, secret, nil
}

func (d TokenDraft) check(by Identity, now time.Time) (t Token, err error) {
	if t.Name, err = label("name", d.Name); err != nil {
		return Token{}, err
	}
	if t.Scopes, err = ParseScopes(d.Scopes); err != nil {
		return Token{}, &link.FieldError{Field: "scopes", Problem: err.Error()}
	}
	if i := slices.IndexFunc(t.Scopes, func(s Scope) bool { return !by.Scopes.Has(s) }); i >= 0 {
		return Token{}, &link.FieldError{Field: "scopes", Problem: fmt.Sprintf("you may not do what the scope %s allows, so neither may a token of yours; you have: %s", t.Scopes[i], by.Scopes)}
	}
	t.ExpiresAt = d.ExpiresAt.UTC().Truncate(time.Microsecond)
	if d.ExpiresAt.IsZero() {
		t.ExpiresAt = by.Token.ExpiresAt
	}
	switch {
	case t.expired(now):
		return Token{}, &link.FieldError{Field: "expires_at", Problem: "is in the past"}
	case !by.Token.ExpiresAt.IsZero() && t.ExpiresAt.After(by.Token.ExpiresAt):
		return Token{}, &link.FieldError{Field: "expires_at", Problem: "is after the end of the token that you ask with, " + by.Token.ExpiresAt.Format(time.RFC3339)}
	}
	return t, nil
}

// RevokeToken ends one of the owner's tokens, and those made with it, at once. It fails with ErrNotFound.
func (a *Accounts) RevokeToken(ctx context.Context, owner, id string) error {
	if !isTokenID(id) {
		return ErrNotFound
	}
	if err := a.Store.RevokeToken(ctx, owner, id); err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	a.Logger.InfoContext(ctx, "revoked a token", "token", id, "owner", owner)
	return nil
}

// ByToken tells who shows a token. It fails with ErrUnknown.
func (a *Accounts) ByToken(ctx context.Context, text string) (Identity, error) {
	shown, err := ParseSecret(text)
	if err != nil {
		return Identity{}, ErrUnknown
	}
	if a.Admin.ID != "" && shown.ID == a.Admin.ID {
		if !shown.is(a.Admin.Hash()) {
			return Identity{}, ErrUnknown
		}
		identity := Everything(Local)
		identity.Token = Token{ID: a.Admin.ID, Owner: Local, Name: "ADMIN_TOKEN_FILE", Scopes: AllScopes()}
		return identity, nil
	}
	t, user, err := a.Store.Token(ctx, shown.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		return Identity{}, ErrUnknown
	case err != nil:
		return Identity{}, fmt.Errorf("find token: %w", err)
	case !shown.is(t.Hash) || t.expired(a.Now()) || t.Owner != Local && !user.enabled():
		return Identity{}, ErrUnknown
	}
	a.note(ctx, "token "+t.ID, t.LastUsedAt, func(ctx context.Context, at time.Time) error { return a.Store.UseToken(ctx, t.ID, at) })
	if t.Owner == Local {
		return Identity{Owner: Local, Name: Local, Scopes: t.Scopes, Token: t.Token}, nil
	}
	return Identity{Owner: user.ID, Name: user.Name, Scopes: t.Scopes.Within(user.Scopes()), Token: t.Token, User: user}, nil
}

// now is the clock's time as databases can hold it.
func (a *Accounts) now() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }
