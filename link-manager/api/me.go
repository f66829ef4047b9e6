package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/account"
)

// Me is who makes a request.
type Me struct {
	ID     string   `json:"id" doc:"The owner of your links: a user's id, or local"`
	Name   string   `json:"name" doc:"For people to read"`
	Scopes []string `json:"scopes" nullable:"false" doc:"What you may do: read, write, check, admin"`
	Token  *Token   `json:"token" doc:"The token you showed; null if none"`
}

// TransformSchema tells programs that token can be null, which huma does not know of objects.
func (Me) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["token"] = orNullSchema(s.Properties["token"])
	return s
}

func newMe(i account.Identity) Me {
	me := Me{ID: i.Owner, Name: i.Name, Scopes: scopeNames(i.Scopes)}
	if i.ByToken() {
		token := newToken(i.Token)
		me.Token = &token
	}
	return me
}

type meOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Me
}

// getMe tells who asks.
func (a *api) getMe(ctx context.Context, _ *struct{}) (*meOutput, error) {
	return &meOutput{CacheControl: "no-store", Body: newMe(a.Identity(ctx))}, nil
}

type changePasswordInput struct {
	TextBody
	Body struct {
		Current  string `json:"current" doc:"The password you have"`
		Password string `json:"password" doc:"A new one: 12 characters at least"`
	}
}

func (a *api) changePassword(ctx context.Context, input *changePasswordInput) (*struct{}, error) {
	err := a.changeOwnPassword(ctx, a.Identity(ctx).User, input.Body.Current, input.Body.Password)
	if err != nil {
		return nil, a.problem(ctx, "change password", err)
	}
	return nil, nil
}
