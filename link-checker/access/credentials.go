package access

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// credentialsFile is the path of a file with a user's credentials.
type credentialsFile string

// option is the user. Which kind the file holds is decided here; what it holds is read for each connection.
func (f credentialsFile) option() (nats.Option, error) {
	_, err := f.token()
	if !errors.Is(err, errNoToken) {
		return nats.UserJWT(f.token, f.sign), err
	}
	if f.password() {
		return nats.UserInfoHandler(f.nameAndPassword), nil
	}
	public, err := f.public()
	return nats.Nkey(public, f.sign), err
}

// errNoToken is about a file that holds something, but no JWT.
var errNoToken = errors.New("it holds no JWT")

// token is the user's JWT; empty for a file with nothing in it.
func (f credentialsFile) token() (string, error) {
	content, err := os.ReadFile(string(f))
	if err != nil {
		return "", err
	}
	token, err := tokenIn(content)
	if err != nil {
		return "", fmt.Errorf("%s: %w", string(f), err)
	}
	return token, nil
}

// tokenIn is the JWT in a file, empty for white space. A seed, which is a secret, is never taken for one, nor for a part of
// one: a token is sent as it is.
func tokenIn(content []byte) (string, error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return "", nil
	}
	token, err := nkeys.ParseDecoratedJWT(bytes.TrimSpace(content))
	if err != nil || !jwt.MatchString(token) {
		return "", errNoToken
	}
	return token, nil
}

// jwt is what a JWT looks like: two objects and a signature, in base64.
var jwt = regexp.MustCompile(`^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$`)

// public is the public key of the nkey.
func (f credentialsFile) public() (string, error) {
	pair, err := f.pair()
	if err != nil {
		return "", err
	}
	defer pair.Wipe()
	public, err := pair.PublicKey()
	if err != nil {
		return "", f.useless()
	}
	return public, nil
}

// sign proves that the user is us.
func (f credentialsFile) sign(nonce []byte) ([]byte, error) {
	pair, err := f.pair()
	if err != nil {
		return nil, err
	}
	defer pair.Wipe()
	return pair.Sign(nonce)
}

// pair is the user's keys; the caller wipes them.
func (f credentialsFile) pair() (nkeys.KeyPair, error) {
	content, err := os.ReadFile(string(f))
	if err != nil {
		return nil, err
	}
	pair, err := nkeys.ParseDecoratedUserNKey(content)
	if err != nil {
		return nil, f.useless()
	}
	return pair, nil
}

func (f credentialsFile) useless() error {
	return fmt.Errorf("%s holds neither credentials, as nsc writes them, nor a user's seed, which begins with SU, nor user:password", string(f))
}
