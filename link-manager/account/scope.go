package account

import (
	"fmt"
	"slices"
	"strings"
)

// Scope is something that somebody may be allowed to do.
type Scope string

// The scopes there are. None includes another.
const (
	// Read is for what changes nothing.
	Read Scope = "read"
	// Write is for what changes an owner's own things.
	Write Scope = "write"
	// Check is for asking that a link is checked now.
	Check Scope = "check"
	// Admin is for who may use Linkwell, and for what belongs to nobody, like dead letters.
	Admin Scope = "admin"
)

// Scopes are what somebody may do, in the order of AllScopes, each once.
type Scopes []Scope

// AllScopes are all there are.
func AllScopes() Scopes { return Scopes{Read, Write, Check, Admin} }

// ParseScopes reads scopes as they are given by people. It fails with a sentence if one is none, or if there are none.
func ParseScopes(names []string) (Scopes, error) {
	for _, name := range names {
		if !slices.Contains(AllScopes(), Scope(name)) {
			return nil, fmt.Errorf("%q is no scope; the scopes are read, write, check and admin", name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there are none; the scopes are read, write, check and admin")
	}
	return AllScopes().only(func(s Scope) bool { return slices.Contains(names, string(s)) }), nil
}

// Has reports whether s is among them.
func (all Scopes) Has(s Scope) bool { return slices.Contains(all, s) }

// Within returns those that are in other too.
func (all Scopes) Within(other Scopes) Scopes { return all.only(other.Has) }

func (all Scopes) only(kept func(Scope) bool) Scopes {
	some := Scopes{}
	for _, s := range all {
		if kept(s) {
			some = append(some, s)
		}
	}
	return some
}

// String is the scopes with spaces between them, as OAuth writes them (RFC 6749 section 3.3).
func (all Scopes) String() string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = string(s)
	}
	return strings.Join(names, " ")
}

// ScopesFrom reads what String wrote; what is no scope any more is left out.
func ScopesFrom(text string) Scopes {
	names := strings.Fields(text)
	return AllScopes().only(func(s Scope) bool { return slices.Contains(names, string(s)) })
}
