package access

import "testing"

func TestPasswordIn(t *testing.T) {
	for name, test := range map[string]struct {
		content, user, password string
	}{
		"nothing":                  {"", "", ""},
		"user and password":        {"checker:secret\n", "checker", "secret"},
		"a password with colons":   {"checker:a:b", "checker", "a:b"},
		"a password alone":         {"secret", "", ""},
		"no password":              {"checker:", "", ""},
		"no user":                  {":secret", "", ""},
		"two words for a password": {"checker:my secret", "", ""},
		"two lines":                {"checker:secret\nmanager:secret", "", ""},
		"a URL":                    {"nats://checker:secret@nats:4222", "", ""},
		"credentials of nsc":       {decorated, "", ""},
		"a seed":                   {aSeed, "", ""},
		"a JWT":                    {aToken, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			user, password, ok := passwordIn([]byte(test.content))
			if user != test.user || password != test.password || ok != (test.user != "") {
				t.Errorf("got %q, %q, %v, want %q, %q", user, password, ok, test.user, test.password)
			}
		})
	}
}
