package api

import (
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// User is somebody who may sign in, as an admin sees them.
type User struct {
	ID         string     `json:"id" format:"uuid" doc:"UUIDv7; the owner of their links"`
	Name       string     `json:"name" doc:"For people to read; it decides nothing"`
	Login      *string    `json:"login" doc:"What they sign in with; null for who signs in with a provider"`
	Issuer     *string    `json:"issuer" doc:"The OpenID Connect provider that knows them; null for none"`
	Subject    *string    `json:"subject" doc:"Who they are to that provider; null for none"`
	Admin      bool       `json:"admin"`
	Disabled   bool       `json:"disabled" doc:"Neither password, session nor token of theirs opens anything"`
	CreatedAt  time.Time  `json:"created_at"`
	SignedInAt *time.Time `json:"signed_in_at" doc:"When they last signed in; null for never"`
}

func newUser(u account.User) User {
	user := User{ID: u.ID, Name: u.Name, Admin: u.Admin, Disabled: !u.DisabledAt.IsZero(), CreatedAt: u.CreatedAt, SignedInAt: timeOrNull(u.SignedInAt)}
	if u.Login != "" {
		user.Login = &u.Login
	}
	if u.Subject != "" {
		user.Issuer, user.Subject = &u.Issuer, &u.Subject
	}
	return user
}

type userOutput struct{ Body User }
