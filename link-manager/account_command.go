package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// accountDatabase is where the commands for accounts work: on the database itself, because they make the first account,
// which nobody could ask a running link manager for. One may run meanwhile.
type accountDatabase struct {
	serve.Database `embed:""`
}

// with opens the accounts, has do use them, and closes them.
func (d accountDatabase) with(ctx context.Context, do func(*account.Accounts) error) error {
	accounts, closed, err := serve.OpenAccounts(ctx, d.Database)
	if err != nil {
		return err
	}
	return errors.Join(accountError(do(accounts)), closed())
}

// accountError has what is wrong with an argument count as wrong usage.
func accountError(err error) error {
	if errors.As(err, new(*link.FieldError)) {
		return usageError{err}
	}
	return err
}

// findUser finds a user by login or id.
func findUser(ctx context.Context, accounts *account.Accounts, who string) (u account.User, err error) {
	if uuid.Validate(who) == nil {
		u, err = accounts.Store.User(ctx, who)
	} else {
		u, err = accounts.Login(ctx, who)
	}
	if errors.Is(err, account.ErrNotFound) {
		return account.User{}, fmt.Errorf("there is no user %q; link-manager user list shows all", who)
	}
	return u, err
}
