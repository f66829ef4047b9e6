package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/account"
)

type addUserInput struct {
	TextBody
	Body struct {
		Login    string `json:"login" doc:"What they sign in with"`
		Name     string `json:"name,omitempty" doc:"For people to read; the login, if it is left out"`
		Password string `json:"password" doc:"12 characters at least"`
		Admin    bool   `json:"admin,omitempty" doc:"May manage users, and what belongs to nobody"`
	}
}

// addUser adds a user who signs in with a password.
func (a *api) addUser(ctx context.Context, input *addUserInput) (*userOutput, error) {
	if err := a.noPasswords(); err != nil {
		return nil, err
	}
	added, err := a.Accounts.AddUser(ctx, account.UserDraft(input.Body))
	if err != nil {
		return nil, a.problem(ctx, "add user", err)
	}
	return &userOutput{newUser(added)}, nil
}
