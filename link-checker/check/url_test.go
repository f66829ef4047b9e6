package check

import (
	"errors"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for name, raw := range map[string]string{
		"plain":                "https://example.com",
		"with everything":      "http://example.com:8080/a/b?c=d#e",
		"upper case scheme":    "HTTPS://EXAMPLE.COM",
		"international host":   "https://кц.рф/ru/",
		"IPv6":                 "http://[2606:4700::1111]:80/",
		"private address":      "http://10.0.0.1/",
		"the longest":          "https://example.com/" + strings.Repeat("a", MaxURLBytes-20),
		"escapes in the path":  "https://example.com/%20%41",
		"port with zeros":      "http://example.com:00080/",
		"pipe in the path":     "http://example.com/a|b",
		"fragment of one page": "https://example.com/#/route",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseURL(raw); err != nil {
				t.Errorf("ParseURL: %v", err)
			}
		})
	}
}

func TestParseURLRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		raw    string
		reason Reason
		says   string
	}{
		"nothing":                  {"", BadURL, "is empty"},
		"too long":                 {"https://example.com/" + strings.Repeat("a", MaxURLBytes), BadURL, "longest allowed is 4096"},
		"bytes of another charset": {"https://example.com/\xe9", BadURL, "not valid UTF-8"},
		"spaces around":            {" https://example.com", BadURL, "spaces around"},
		"no scheme":                {"example.com", BadURL, "should start with https://"},
		"host and port only":       {"example.com:80", UnsupportedScheme, `"example.com"`},
		"mail":                     {"mailto:secret@example.com", UnsupportedScheme, `"mailto"`},
		"script":                   {"javascript:alert(1)", UnsupportedScheme, `"javascript"`},
		"user name":                {"http://secret@example.com/", BadURL, "user name or password"},
		"user name and password":   {"http://secret:secret@example.com/", BadURL, "user name or password"},
		"no host":                  {"http:///path", BadURL, "no host"},
		"only a port":              {"http://:80/", BadURL, "no host"},
		"port zero":                {"http://example.com:0/", BadURL, "between 1 and 65535"},
		"port too large":           {"http://example.com:70000/", BadURL, "between 1 and 65535"},
		"port of letters":          {"http://example.com:secret/", BadURL, "invalid port"},
		"space in the host":        {"http://exa mple.com/", BadURL, "character no host can have"},
		"escape in the host":       {"http://ex%zzample.com/", BadURL, "invalid %-escape"},
		"a noncharacter":           {"http://example.com/\ufdd0", BadURL, "means nothing"},
		"control character":        {"http://example.com/\x00", BadURL, "control character"},
		"IPv6 without end":         {"http://[::1/", BadURL, "missing ']'"},
		"opaque":                   {"http:example.com", BadURL, "no host"},
		"password in a bad place":  {"http://u:secret@ex ample.com/", BadURL, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseURL(test.raw)
			var urlError *URLError
			if !errors.As(err, &urlError) || !errors.Is(err, ErrURL) {
				t.Fatalf("error is %v, want a URLError", err)
			}
			if urlError.Reason != test.reason || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %s: %q, want %s: …%s…", urlError.Reason, err, test.reason, test.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%q repeats a part of the URL that may be secret", err)
			}
		})
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("https://example.com/a?b#c")
	f.Add("http://u:p@[::1]:80/%zz")
	f.Add(`http:\\example.com\%|é?%#%`)
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw)
		if err != nil {
			if !errors.Is(err, ErrURL) {
				t.Errorf("%q: error %v is no URLError", raw, err)
			}
			return
		}
		if u.Hostname() == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
			t.Errorf("%q passed as %#v", raw, u)
		}
		text := URLText(u)
		if again, err := ParseURL(text); len(text) <= MaxURLBytes && (err != nil || URLText(again) != text) {
			t.Errorf("%q is %q and then %v, %v", raw, text, again, err)
		}
	})
}
