package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"

	"github.com/linkwell/linkwell/link-manager/link"
)

// The bounds of a password, in bytes.
const (
	MinPassword = 12
	MaxPassword = 1024
)

const (
	// hashesAtOnce bounds the memory that signing in takes: 19 MiB each.
	hashesAtOnce = 2
	// hashPatience is how long somebody who signs in waits for their turn.
	hashPatience = 5 * time.Second
)

// work is the effort of an argon2id hash (RFC 9106).
type work struct {
	kibibytes, passes uint32
	lanes             uint8
}

// today is what OWASP's Password Storage Cheat Sheet asks for at least. Hashes with other parameters are still read.
var today = work{kibibytes: 19 * 1024, passes: 2, lanes: 1}

const (
	saltBytes = 16
	hashBytes = 32
)

// preparePassword returns a password as it is hashed: the same however a keyboard composes its characters (RFC 8265). It
// fails with a *link.FieldError.
func preparePassword(password string) (string, error) {
	if len(password) > MaxPassword {
		return "", &link.FieldError{Field: "password", Problem: fmt.Sprintf("is longer than %d bytes", MaxPassword)}
	}
	prepared, err := precis.OpaqueString.String(password)
	if err != nil {
		return "", &link.FieldError{Field: "password", Problem: "holds a control character, or is empty"}
	}
	if len(prepared) < MinPassword {
		return "", &link.FieldError{Field: "password", Problem: fmt.Sprintf("is shorter than %d characters", MinPassword)}
	}
	return prepared, nil
}

// hashPassword returns a prepared password's hash with its parameters, or ErrBusy.
func (a *Accounts) hashPassword(ctx context.Context, prepared string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	done, err := a.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return encodeHash(today, salt, today.hash(prepared, salt, hashBytes)), nil
}

// checkPassword reports whether the password is the one that was hashed. It fails with ErrBusy.
func (a *Accounts) checkPassword(ctx context.Context, encoded, password string) (bool, error) {
	w, salt, want, err := decodeHash(encoded)
	if err != nil {
		return false, err
	}
	prepared, err := preparePassword(password)
	if err != nil {
		prepared = "" // it is nobody's, but is not to be told from another that is not
	}
	done, err := a.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return subtle.ConstantTimeCompare(w.hash(prepared, salt, uint32(len(want))), want) == 1, nil //nolint:gosec // decodeHash bounds it
}

// turn waits until one more password may be hashed; done gives the turn back. It fails with ErrBusy.
func (a *Accounts) turn(ctx context.Context) (done func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	case <-ctx.Done():
		return nil, ErrBusy
	}
}

func (w work) hash(password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(password), salt, w.passes, w.kibibytes, w.lanes, length)
}

// nobodys is the hash of a password that nobody has, for logins that nobody has: finding that out takes as long as
// checking a password.
var nobodys = sync.OnceValue(func() string {
	return encodeHash(today, []byte(rand.Text()[:saltBytes]), []byte(rand.Text() + rand.Text())[:hashBytes])
})

// encodeHash writes a PHC string: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>.
func encodeHash(w work, salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, w.kibibytes, w.passes, w.lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

var errHash = errors.New("the hash of a password cannot be read")

// decodeHash reads what encodeHash wrote. It fails with errHash, also for more work than we would ever ask for.
func decodeHash(encoded string) (w work, salt, hash []byte, err error) {
	var version int
	var rest string
	if n, err := fmt.Sscanf(encoded, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &w.kibibytes, &w.passes, &w.lanes, &rest); err != nil || n != 5 {
		return work{}, nil, nil, errHash
	}
	saltText, hashText, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.DecodeString(saltText)
	hash, hashErr := base64.RawStdEncoding.DecodeString(hashText)
	switch {
	case version != argon2.Version, saltErr != nil, hashErr != nil, len(salt) < 8, len(salt) > 64, len(hash) < 16, len(hash) > 64,
		w.passes < 1, w.passes > 16, w.lanes < 1, w.lanes > 16, w.kibibytes < 8*uint32(w.lanes), w.kibibytes > 256*1024:
		return work{}, nil, nil, errHash
	}
	return w, salt, hash, nil
}
