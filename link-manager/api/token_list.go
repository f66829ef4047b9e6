package api

import "context"

type listTokensOutput struct {
	Body struct {
		Items []Token `json:"items" nullable:"false"`
	}
}

// listTokens lists all tokens of the owner; there are never more than fit on a page.
func (a *api) listTokens(ctx context.Context, _ *struct{}) (*listTokensOutput, error) {
	tokens, err := a.Accounts.Store.Tokens(ctx, a.Owner(ctx))
	if err != nil {
		return nil, a.problem(ctx, "list tokens", err)
	}
	output := &listTokensOutput{}
	output.Body.Items = make([]Token, len(tokens))
	for i, t := range tokens {
		output.Body.Items[i] = newToken(t)
	}
	return output, nil
}
