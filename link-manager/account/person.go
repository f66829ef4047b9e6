package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Person is somebody that a provider knows. Issuer and Subject are who it is; Name is what they call themselves there,
// which others may too.
type Person struct{ Issuer, Subject, Name string }

// ByProvider returns the user that a provider knows; who comes for the first time becomes one. It fails with ErrUnknown if
// the user is disabled.
func (a *Accounts) ByProvider(ctx context.Context, p Person) (User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	if p.Name, err = label("name", p.Name); err != nil {
		p.Name = p.Subject
	}
	u, err := a.Store.Meet(ctx, p, id.String())
	switch {
	case err != nil:
		return User{}, fmt.Errorf("sign in: %w", err)
	case !u.enabled():
		return User{}, ErrUnknown
	}
	return u, nil
}
