package access

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
)

const (
	aToken = "eyJ0eXAiOiJKV1QifQ.eyJuYW1lIjoiY2hlY2tlciJ9.c2lnbmF0dXJl"
	aSeed  = "SUANQDPB2RUOE4ETUA26CNX7FUKE5ZZKFCQIIW63OX225F2CO7UEXTM7ZY"
)

const (
	decoratedSeed = "-----BEGIN USER NKEY SEED-----\n" + aSeed + "\n------END USER NKEY SEED------\n"
	decorated     = "-----BEGIN NATS USER JWT-----\n" + aToken + "\n------END NATS USER JWT------\n\n" + decoratedSeed
)

func TestTokenIn(t *testing.T) {
	for name, test := range map[string]struct {
		content, token string
		err            error
	}{
		"nothing":                        {"", "", nil},
		"white space":                    {" \t\r\n", "", nil},
		"credentials, as nsc writes":     {decorated, aToken, nil},
		"a JWT alone":                    {aToken + "\n", aToken, nil},
		"a seed":                         {aSeed, "", errNoToken},
		"a decorated seed":               {decoratedSeed, "", errNoToken},
		"a JWT and a seed without rules": {aToken + "\n" + aSeed, "", errNoToken},
		"a password":                     {"secret", "", errNoToken},
	} {
		t.Run(name, func(t *testing.T) {
			if token, err := tokenIn([]byte(test.content)); token != test.token || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v, want %q, %v", token, err, test.token, test.err)
			}
		})
	}
}

func FuzzTokenIn(f *testing.F) {
	for _, content := range []string{"", "\n", aToken, aSeed, decorated, aToken + "\n" + aSeed, "secret", aToken + "." + aSeed} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		token, err := tokenIn(content)
		if err != nil && token != "" {
			t.Fatalf("it is %q although %v", token, err)
		}
		if strings.ContainsAny(token, " \r\n") || strings.Count(token, ".") > 2 {
			t.Fatalf("%q is no token", token)
		}
		pair, err := nkeys.ParseDecoratedUserNKey(content)
		if err != nil {
			return
		}
		seed, err := pair.Seed()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(token, string(seed)) {
			t.Fatalf("the token %q holds the seed", token)
		}
	})
}
