package access_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// write writes a file of the test's.
func write(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// seed is a new user's, and public its key.
func seed(t *testing.T) (seed, public string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	if public, err = pair.PublicKey(); err != nil {
		t.Fatal(err)
	}
	return string(secret), public
}

func TestAFileThatCannotBeUsedIsNamedWithItsVariable(t *testing.T) {
	certificate, key := probetest.Files(t, probetest.NewAuthority(t).Issue(t, probetest.Leaf{OfClient: true}))
	_, keyOfAnother := probetest.Files(t, probetest.NewAuthority(t).Issue(t, probetest.Leaf{OfClient: true}))
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := account.Seed()
	if err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	password, seedOfAccount := write(t, "secret"), write(t, string(secret))
	for name, test := range map[string]struct {
		files access.Files
		says  []string
	}{
		"credentials that are missing":      {access.Files{Credentials: missing}, []string{"NATS_CREDS", missing}},
		"credentials that are a password":   {access.Files{Credentials: password}, []string{"NATS_CREDS", password, "a user's seed"}},
		"credentials of an account":         {access.Files{Credentials: seedOfAccount}, []string{"NATS_CREDS", seedOfAccount, "a user's seed"}},
		"an authority that is missing":      {access.Files{CA: missing}, []string{"NATS_CA", missing}},
		"an authority that is a key":        {access.Files{CA: key}, []string{"NATS_CA", key, "BEGIN CERTIFICATE"}},
		"a certificate without its key":     {access.Files{Certificate: certificate}, []string{"NATS_CERT and NATS_KEY"}},
		"a key without its certificate":     {access.Files{Key: key}, []string{"NATS_CERT and NATS_KEY"}},
		"a certificate with another's key":  {access.Files{Certificate: certificate, Key: keyOfAnother}, []string{"NATS_CERT", certificate, "NATS_KEY", keyOfAnother}},
		"a certificate that is missing":     {access.Files{Certificate: missing, Key: key}, []string{"NATS_CERT", missing}},
		"a certificate and key, exchanged":  {access.Files{Certificate: key, Key: certificate}, []string{"NATS_CERT", key, "NATS_KEY", certificate}},
		"a key that is a password":          {access.Files{Certificate: certificate, Key: password}, []string{"NATS_KEY", password}},
		"a password, and an authority also": {access.Files{Credentials: password, CA: missing}, []string{"NATS_CREDS", password}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.files.Options()
			if err == nil {
				t.Fatal("it is used")
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("error %q does not say %q", err, says)
				}
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), string(secret)) {
				t.Errorf("error %q tells a secret", err)
			}
		})
	}
}

func TestNoFilesAreNoOptions(t *testing.T) {
	if options, err := (access.Files{}).Options(); len(options) != 0 || err != nil {
		t.Errorf("got %d options, %v", len(options), err)
	}
}
