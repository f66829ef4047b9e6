package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

type listUsersInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many users at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

// Resolve refuses a cursor that is none.
func (i *listUsersInput) Resolve(huma.Context) []error {
	if i.Cursor != "" && uuid.Validate(i.Cursor) != nil {
		return []error{&huma.ErrorDetail{Location: "query.cursor", Message: "is none; pass next_cursor of the page before as it is"}}
	}
	return nil
}

type listUsersOutput struct {
	Body struct {
		Items      []User  `json:"items" nullable:"false"`
		NextCursor *string `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// listUsers lists the oldest first, a page at a time.
func (a *api) listUsers(ctx context.Context, input *listUsersInput) (*listUsersOutput, error) {
	users, err := a.Accounts.Store.Users(ctx, input.Cursor, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list users", err)
	}
	output := &listUsersOutput{}
	if len(users) > input.Limit {
		users = users[:input.Limit]
		output.Body.NextCursor = &users[len(users)-1].ID
	}
	output.Body.Items = make([]User, len(users))
	for i, u := range users {
		output.Body.Items[i] = newUser(u)
	}
	return output, nil
}

// noPasswords refuses what needs passwords where people sign in otherwise.
func (a *api) noPasswords() error {
	if a.Passwords {
		return nil
	}
	return newKind(http.StatusConflict, "no-passwords", "nobody signs in here with a password; that takes AUTH=users")
}
