package api

import (
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// Token is a token in the API: all of it but its secret.
type Token struct {
	ID         string     `json:"id" doc:"The part of the token that is no secret"`
	Name       string     `json:"name" doc:"What it is for"`
	Scopes     []string   `json:"scopes" nullable:"false" doc:"What it may do: read, write, check, admin"`
	MadeBy     *string    `json:"made_by" doc:"The token it was made with, and ends with; null if a person made it"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"null for never"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"Up to a minute late; null for never"`
}

func newToken(t account.Token) Token {
	token := Token{ID: t.ID, Name: t.Name, Scopes: scopeNames(t.Scopes), CreatedAt: t.CreatedAt, ExpiresAt: timeOrNull(t.ExpiresAt), LastUsedAt: timeOrNull(t.LastUsedAt)}
	if t.MadeBy != "" {
		token.MadeBy = &t.MadeBy
	}
	return token
}

func scopeNames(scopes account.Scopes) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return names
}
