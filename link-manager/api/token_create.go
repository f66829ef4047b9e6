package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

type createTokenInput struct {
	TextBody
	Body struct {
		Name      string    `json:"name" doc:"What it is for"`
		Scopes    []string  `json:"scopes" nullable:"false" doc:"What it may do: read, write, check, admin; none that you may not"`
		ExpiresAt time.Time `json:"expires_at,omitempty" doc:"When it ends; never, if it is left out"`
	}
}

type createTokenOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         CreatedToken
}

// CreatedToken is a token and its secret, which is shown this once.
type CreatedToken struct {
	Token
	Secret string `json:"token" doc:"The token itself: keep it, it is not shown again"`
}

// createToken makes a token for the owner.
func (a *api) createToken(ctx context.Context, input *createTokenInput) (*createTokenOutput, error) {
	t, secret, err := a.Accounts.CreateToken(ctx, a.Identity(ctx), account.TokenDraft(input.Body))
	if err != nil {
		return nil, a.problem(ctx, "create token", err)
	}
	return &createTokenOutput{CacheControl: "no-store", Body: CreatedToken{newToken(t), secret.Reveal()}}, nil
}
