package client

import (
	"context"
	"time"
)

// Me is who makes the requests.
type Me struct {
	// ID is the owner of your links.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Scopes are what you may do: read, write, check, admin.
	Scopes []string `json:"scopes"`
	// Token is the one you show, without its secret; nil if you show none.
	Token *Token `json:"token"`
}

// Token is a token without its secret.
type Token struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
	// MadeBy is the token it was made with, and ends with; nil if a person made it.
	MadeBy    *string   `json:"made_by"`
	CreatedAt time.Time `json:"created_at"`
	// ExpiresAt is nil for never, and so is LastUsedAt, which is up to a minute late.
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

// GetMe tells who you are, and what you may do.
func (c *Client) GetMe(ctx context.Context) (Me, error) {
	var me Me
	return me, c.get(ctx, "/v1/me", nil, &me)
}
