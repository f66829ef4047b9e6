package account

// Identity is who makes a request, and what they may do.
type Identity struct {
	// Owner owns the links that the request is about: a user's id, or Local.
	Owner string
	// Name is for people to read; it decides nothing.
	Name   string
	Scopes Scopes
	// Token is the token that was shown; the zero value where none was.
	Token Token
	// User is who it is; the zero value for Local.
	User User
	// Session is the hash of the session by which they are known; zero where it is none.
	Session [32]byte
}

// Challenge tells a program that is not known how to say who it is (RFC 6750 section 3).
const Challenge = `Bearer realm="linkwell"`

// Everything is the identity of an owner who may do everything because nobody needs an account.
func Everything(owner string) Identity {
	return Identity{Owner: owner, Name: owner, Scopes: AllScopes()}
}

// ByToken reports whether a token was shown: a program asks, not a browser.
func (i Identity) ByToken() bool { return i.Token.ID != "" }
