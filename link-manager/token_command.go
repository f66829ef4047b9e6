package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// tokenCommand is the commands for tokens.
type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token and print it; it is not shown again."`
	List   tokenListCommand   `cmd:"" help:"List tokens, newest first."`
	Revoke tokenRevokeCommand `cmd:"" help:"Revoke tokens, and those made with them, at once."`
}

// tokenOwner says whose tokens.
type tokenOwner struct {
	User string `help:"Whose links it is for: a login or a user's id. Without it, those of local: the owner where there are no accounts."`
}

// identity is whoever a token is made for.
func (o tokenOwner) identity(ctx context.Context, accounts *account.Accounts) (account.Identity, error) {
	if o.User == "" {
		return account.Everything(account.Local), nil
	}
	u, err := findUser(ctx, accounts, o.User)
	return account.Identity{Owner: u.ID, Name: u.Name, Scopes: u.Scopes(), User: u}, err
}

type tokenCreateCommand struct {
	accountDatabase `embed:""`
	tokenOwner      `embed:""`
	Name            string        `arg:"" help:"What it is for."`
	Scopes          []string      `default:"read,write,check" help:"What it may do: read, write, check, admin."`
	ExpiresIn       time.Duration `help:"When it ends: 720h. Never, if it is left out."`
}

// Run prints the token and nothing else, so that a script can take it.
func (c *tokenCreateCommand) Run(ctx context.Context, s streams) error {
	if c.ExpiresIn < 0 {
		return usageError{fmt.Errorf("--expires-in is %v; it must be a time like 720h", c.ExpiresIn)}
	}
	return c.with(ctx, func(accounts *account.Accounts) error {
		by, err := c.identity(ctx, accounts)
		if err != nil {
			return err
		}
		draft := account.TokenDraft{Name: c.Name, Scopes: c.Scopes}
		if c.ExpiresIn > 0 {
			draft.ExpiresAt = accounts.Now().Add(c.ExpiresIn)
		}
		_, secret, err := accounts.CreateToken(ctx, by, draft)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, secret.Reveal())
		return err
	})
}

type tokenListCommand struct {
	accountDatabase `embed:""`
	tokenOwner      `embed:""`
}

// tokenRow is a line of the list.
//
//nolint:gosec // a format
const tokenRow = "%-32s  %-22s  %-10s  %-10s  %s\n"

// Run prints what there is.
func (c *tokenListCommand) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(accounts *account.Accounts) error {
		by, err := c.identity(ctx, accounts)
		if err != nil {
			return err
		}
		tokens, err := accounts.Store.Tokens(ctx, by.Owner)
		if err != nil {
			return err
		}
		if len(tokens) == 0 {
			_, err = fmt.Fprintln(s.out, "There are no tokens.")
			return err
		}
		_, _ = fmt.Fprintf(s.out, tokenRow, "id", "scopes", "last used", "ends", "name")
		for _, t := range tokens {
			_, _ = fmt.Fprintf(s.out, tokenRow, t.ID, t.Scopes, date(t.LastUsedAt), date(t.ExpiresAt), printable(t.Name))
		}
		return nil
	})
}

// date is the day of t; never for the zero time.
func date(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}

type tokenRevokeCommand struct {
	accountDatabase `embed:""`
	IDs             []string `arg:"" name:"id" help:"Tokens by id, whoever owns them."`
}

// Run revokes each. It fails if any is not there, and says which.
func (c *tokenRevokeCommand) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(accounts *account.Accounts) error {
		var missing []string
		for _, id := range c.IDs {
			t, _, err := accounts.Store.Token(ctx, id)
			if err == nil {
				err = accounts.RevokeToken(ctx, t.Owner, id)
			}
			switch {
			case errors.Is(err, account.ErrNotFound):
				missing = append(missing, id)
			case err != nil:
				return err
			default:
				_, _ = fmt.Fprintf(s.out, "%s revoked.\n", id)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("there is no token %s", strings.Join(missing, ", "))
		}
		return nil
	})
}
