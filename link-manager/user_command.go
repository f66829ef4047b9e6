package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/linkwell/linkwell/link-manager/account"
)

// userCommand is the commands for users.
type userCommand struct {
	Add      userAddCommand      `cmd:"" help:"Add a user who signs in with a password (AUTH=users)."`
	List     userListCommand     `cmd:"" help:"List users, the oldest first."`
	Password userPasswordCommand `cmd:"" help:"Give a user a new password; their sessions end."`
	Admin    userAdminCommand    `cmd:"" help:"Make a user an admin."`
	Disable  userDisableCommand  `cmd:"" help:"Keep a user out, and end their sessions; their links stay."`
	Enable   userEnableCommand   `cmd:"" help:"Let a disabled user in again."`
}

type userAddCommand struct {
	accountDatabase `embed:""`
	Login           string `arg:"" help:"What they sign in with."`
	Name            string `help:"For people to read; the login, if it is left out."`
	Admin           bool   `help:"They may manage users, and what belongs to nobody."`
}

// Run adds a user with the password that it reads, and prints their id.
func (c *userAddCommand) Run(ctx context.Context, s streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	return c.with(ctx, func(accounts *account.Accounts) error {
		u, err := accounts.AddUser(ctx, account.UserDraft{Login: c.Login, Name: c.Name, Password: password, Admin: c.Admin})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, u.ID)
		return err
	})
}

// readPassword reads a line of standard input. A person is asked for it, and it is not shown.
func readPassword(s streams) (string, error) {
	if file, ok := s.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		_, _ = fmt.Fprint(s.err, "Password: ")
		password, err := term.ReadPassword(int(file.Fd()))
		_, _ = fmt.Fprintln(s.err)
		return string(password), err
	}
	line, err := bufio.NewReader(io.LimitReader(s.in, 2*account.MaxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", usageError{errors.New("there is no password on standard input")}
	}
	return password, nil
}

type userListCommand struct {
	accountDatabase `embed:""`
}

// userRow is a line of the list.
const userRow = "%-36s  %-20s  %-8s  %-10s  %s\n"

// Run prints what there is, a page at a time.
func (c *userListCommand) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(accounts *account.Accounts) error {
		const page = 200
		for after := ""; ; {
			users, err := accounts.Store.Users(ctx, after, page)
			if err != nil {
				return err
			}
			if after == "" {
				_, _ = fmt.Fprintf(s.out, userRow, "id", "login", "", "signed in", "name")
			}
			for _, u := range users {
				_, _ = fmt.Fprintf(s.out, userRow, u.ID, printable(u.Login), standing(u), date(u.SignedInAt), printable(u.Name))
			}
			if len(users) < page {
				return nil
			}
			after = users[page-1].ID
		}
	})
}

// standing is what is special about a user.
func standing(u account.User) string {
	switch {
	case !u.DisabledAt.IsZero():
		return "disabled"
	case u.Admin:
		return "admin"
	default:
		return ""
	}
}

// userChoice is the user that a command is for.
type userChoice struct {
	accountDatabase `embed:""`
	Who             string `arg:"" name:"user" help:"A login, or a user's id."`
}

func (c userChoice) change(ctx context.Context, change account.UserChange) error {
	return c.with(ctx, func(accounts *account.Accounts) error {
		u, err := findUser(ctx, accounts, c.Who)
		if err != nil {
			return err
		}
		_, err = accounts.ChangeUser(ctx, u.ID, change)
		return err
	})
}

type userPasswordCommand struct {
	userChoice `embed:""`
}

// Run reads the new password.
func (c *userPasswordCommand) Run(ctx context.Context, s streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	return c.change(ctx, account.UserChange{Password: &password})
}

type userAdminCommand struct {
	userChoice `embed:""`
	Not        bool `help:"Make them an admin no more."`
}

// Run makes the user an admin, or no admin.
func (c *userAdminCommand) Run(ctx context.Context) error {
	admin := !c.Not
	return c.change(ctx, account.UserChange{Admin: &admin})
}

type userDisableCommand struct {
	userChoice `embed:""`
}

// Run disables the user.
func (c *userDisableCommand) Run(ctx context.Context) error {
	disabled := true
	return c.change(ctx, account.UserChange{Disabled: &disabled})
}

type userEnableCommand struct {
	userChoice `embed:""`
}

// Run enables the user.
func (c *userEnableCommand) Run(ctx context.Context) error {
	disabled := false
	return c.change(ctx, account.UserChange{Disabled: &disabled})
}
