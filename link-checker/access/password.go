package access

import (
	"bytes"
	"os"
	"regexp"
)

// nameAndPassword is user:password on one line: neither part of a JWT, nor a URL, looks like it.
var nameAndPassword = regexp.MustCompile(`^([\w.@-]+):([^\s/][^\s]*)$`)

// passwordIn is the user and password in a file; ok is false if it holds something else.
func passwordIn(content []byte) (user, password string, ok bool) {
	parts := nameAndPassword.FindSubmatch(bytes.TrimSpace(content))
	if parts == nil {
		return "", "", false
	}
	return string(parts[1]), string(parts[2]), true
}

// password reports whether the file holds a user and a password.
func (f credentialsFile) password() bool {
	user, _ := f.nameAndPassword()
	return user != ""
}

// nameAndPassword are read anew for each connection; both are empty if the file cannot be used any more, which the broker
// then refuses.
func (f credentialsFile) nameAndPassword() (user, password string) {
	content, err := os.ReadFile(string(f))
	if err != nil {
		return "", ""
	}
	user, password, _ = passwordIn(content)
	return user, password
}
