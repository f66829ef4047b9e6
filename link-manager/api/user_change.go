package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/account"
)

type changeUserInput struct {
	TextBody
	ID   string `path:"id" doc:"The user's id"`
	Body struct {
		Admin    *bool   `json:"admin,omitempty" doc:"May manage users, and what belongs to nobody"`
		Disabled *bool   `json:"disabled,omitempty" doc:"Ends their sessions; their tokens open nothing until they are enabled again"`
		Password *string `json:"password,omitempty" doc:"A new one; ends their sessions"`
	} `contentType:"application/merge-patch+json"`
}

// changeUser is a JSON Merge Patch (RFC 7396): what is not mentioned stays.
func (a *api) changeUser(ctx context.Context, input *changeUserInput) (*userOutput, error) {
	changed, err := a.Accounts.ChangeUser(ctx, input.ID, account.UserChange(input.Body))
	if err != nil {
		return nil, a.problem(ctx, "change user", err)
	}
	return &userOutput{newUser(changed)}, nil
}
