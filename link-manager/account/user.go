package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/secure/precis"

	"github.com/linkwell/linkwell/link-manager/link"
)

// The most characters of a name, and of a login.
const (
	MaxName  = 100
	MaxLogin = 64
)

// User is somebody who may sign in.
type User struct {
	// ID owns the user's links.
	ID string
	// Name is for people to read. Where a provider knows the user it is what that calls them, and may change.
	Name string
	// Login is what they sign in with; empty where a provider knows them as Subject.
	Login           string
	Issuer, Subject string
	Admin           bool
	CreatedAt       time.Time
	SignedInAt      time.Time
	// DisabledAt is zero for who is not disabled.
	DisabledAt time.Time
}

func (u User) enabled() bool { return u.ID != "" && u.DisabledAt.IsZero() }

// Scopes are what the user may do, and so the most that a token of theirs may.
func (u User) Scopes() Scopes {
	return AllScopes().only(func(s Scope) bool { return s != Admin || u.Admin })
}

// UserDraft is a user with a password.
type UserDraft struct {
	Login string
	// Name is the login if it is empty.
	Name     string
	Password string
	Admin    bool
}

// UserChange is what changes of a user; nil leaves it as it is.
type UserChange struct {
	Admin    *bool
	Disabled *bool
	// Password is a hash where a store gets to see it.
	Password *string
}

// AddUser adds a user with a password. It fails with a *link.FieldError, ErrTaken or ErrBusy.
func (a *Accounts) AddUser(ctx context.Context, d UserDraft) (User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("add user: %w", err)
	}
	u := User{ID: id.String(), Admin: d.Admin, CreatedAt: a.now()}
	if u.Login, err = prepareLogin(d.Login); err != nil {
		return User{}, err
	}
	u.Name = u.Login
	if d.Name != "" {
		if u.Name, err = label("name", d.Name); err != nil {
			return User{}, err
		}
	}
	hash, err := a.newPassword(ctx, d.Password)
	if err != nil {
		return User{}, err
	}
	if err := a.Store.AddUser(ctx, u, hash); err != nil {
		return User{}, fmt.Errorf("add user: %w", err)
	}
	a.Logger.InfoContext(ctx, "added a user", "user", u.ID, "admin", u.Admin)
	return u, nil
}

// ChangeUser changes a user; their sessions end with a new password, or when they are disabled, and then their tokens open
// nothing. It fails with a *link.FieldError, ErrNotFound or ErrBusy.
func (a *Accounts) ChangeUser(ctx context.Context, id string, c UserChange) (User, error) {
	if uuid.Validate(id) != nil {
		return User{}, ErrNotFound
	}
	if c.Password != nil {
		u, err := a.Store.User(ctx, id)
		if err != nil {
			return User{}, fmt.Errorf("change user: %w", err)
		}
		if u.Login == "" {
			return User{}, &link.FieldError{Field: "password", Problem: "this user signs in elsewhere, and has none here"}
		}
		hash, err := a.newPassword(ctx, *c.Password)
		if err != nil {
			return User{}, err
		}
		c.Password = &hash
	}
	u, err := a.Store.ChangeUser(ctx, id, c)
	if err != nil {
		return User{}, fmt.Errorf("change user: %w", err)
	}
	a.Logger.InfoContext(ctx, "changed a user", "user", u.ID, "admin", u.Admin, "disabled", !u.enabled(), "new_password", c.Password != nil)
	return u, nil
}

func (a *Accounts) newPassword(ctx context.Context, password string) (string, error) {
	prepared, err := preparePassword(password)
	if err != nil {
		return "", err
	}
	return a.hashPassword(ctx, prepared)
}

// ByPassword tells who signs in. It fails with ErrUnknown, which takes as long whatever was wrong, or with ErrBusy.
func (a *Accounts) ByPassword(ctx context.Context, login, password string) (User, error) {
	u, hash, err := User{}, "", ErrNotFound
	if login, wrong := prepareLogin(login); wrong == nil {
		u, hash, err = a.Store.UserByLogin(ctx, login)
	}
	known := err == nil && u.enabled() && hash != ""
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return User{}, fmt.Errorf("sign in: %w", err)
	case !known:
		hash = nobodys()
	}
	right, err := a.checkPassword(ctx, hash, password)
	switch {
	case err != nil:
		return User{}, fmt.Errorf("sign in: %w", err)
	case !known || !right:
		return User{}, ErrUnknown
	}
	return u, nil
}

// prepareLogin returns a login as it is compared: in lower case, the same however it is composed (RFC 8265). It fails with
// a *link.FieldError.
func prepareLogin(login string) (string, error) {
	prepared, err := precis.UsernameCaseMapped.String(strings.TrimSpace(login))
	switch {
	case err != nil:
		return "", &link.FieldError{Field: "login", Problem: "must be letters, digits and signs like . - _ @, without spaces"}
	case utf8.RuneCountInString(prepared) > MaxLogin:
		return "", &link.FieldError{Field: "login", Problem: fmt.Sprintf("has more than %d characters", MaxLogin)}
	}
	return prepared, nil
}

// label returns a name as it is stored: trimmed, and in one line. It fails with a *link.FieldError.
func label(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", &link.FieldError{Field: field, Problem: "is empty"}
	case n > MaxName:
		return "", &link.FieldError{Field: field, Problem: fmt.Sprintf("has %d characters; the most allowed is %d", n, MaxName)}
	case !utf8.ValidString(name), strings.ContainsFunc(name, unicode.IsControl):
		return "", &link.FieldError{Field: field, Problem: "holds a control character, or is not UTF-8"}
	}
	return name, nil
}

// ChangePassword changes the password of a user who knows the one they have. It fails with a *link.FieldError, ErrNotFound
// or ErrBusy.
func (a *Accounts) ChangePassword(ctx context.Context, u User, current, password string) error {
	switch _, err := a.ByPassword(ctx, u.Login, current); {
	case errors.Is(err, ErrUnknown):
		return &link.FieldError{Field: "current", Problem: "is not your password"}
	case err != nil:
		return err
	}
	_, err := a.ChangeUser(ctx, u.ID, UserChange{Password: &password})
	return err
}

// Login returns the user with a login, however it is written. It fails with ErrNotFound.
func (a *Accounts) Login(ctx context.Context, login string) (User, error) {
	prepared, err := prepareLogin(login)
	if err != nil {
		return User{}, ErrNotFound
	}
	u, _, err := a.Store.UserByLogin(ctx, prepared)
	return u, err
}
