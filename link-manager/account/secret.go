package account

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// tokenPrefix begins every token, so that tools that look for secrets in the wrong places know ours.
const tokenPrefix = "lw_"

// Secret is a token as its holder has it: lw_<id>_<secret>. It does not print its secret.
type Secret struct {
	ID     string
	secret string
}

// NewSecret makes one that nobody can guess.
func NewSecret() Secret {
	return Secret{ID: strings.ToLower(rand.Text())[:16], secret: rand.Text() + rand.Text()}
}

// ParseSecret reads a token. It fails with a sentence that does not repeat it.
func ParseSecret(text string) (Secret, error) {
	rest, ours := strings.CutPrefix(text, tokenPrefix)
	id, secret, both := strings.Cut(rest, "_")
	switch {
	case !ours || !both:
		return Secret{}, errors.New("a token looks like lw_<id>_<secret>")
	case !isTokenID(id):
		return Secret{}, errors.New("the id of a token is 4 to 32 letters and digits")
	case !isAlphanumeric(secret, 32, 128):
		return Secret{}, errors.New("what follows the id of a token is 32 to 128 letters and digits")
	}
	return Secret{ID: id, secret: secret}, nil
}

// isTokenID reports whether a token can have this id.
func isTokenID(id string) bool { return isAlphanumeric(id, 4, 32) }

func isAlphanumeric(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// Reveal is the token itself, for the one who gets to see it.
func (s Secret) Reveal() string { return tokenPrefix + s.ID + "_" + s.secret }

// Hash is what is kept of it. The secret is random and long, so a fast hash is as good as a slow one.
func (s Secret) Hash() [32]byte { return sha256.Sum256([]byte(s.secret)) }

// is compares in constant time.
func (s Secret) is(hash [32]byte) bool {
	own := s.Hash()
	return subtle.ConstantTimeCompare(own[:], hash[:]) == 1
}

// String leaves the secret out.
func (s Secret) String() string { return tokenPrefix + s.ID + "_…" }

// GoString leaves the secret out.
func (s Secret) GoString() string { return fmt.Sprintf("account.Secret(%s)", s) }

// LogValue leaves the secret out.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
