package api

import "context"

type tokenID struct {
	ID string `path:"id" doc:"The token's id"`
}

// revokeToken revokes one of the owner's tokens. An unknown id and somebody else's are the same 404.
func (a *api) revokeToken(ctx context.Context, input *tokenID) (*struct{}, error) {
	if err := a.Accounts.RevokeToken(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "revoke token", err)
	}
	return nil, nil
}
