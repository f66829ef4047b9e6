package check

import (
	"net/url"
	"testing"
)

func TestURLsAreReadAsBrowsersDo(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"backslashes":                        {`http:\\example.com\a\b?c=\d#\e`, `http://example.com/a/b?c=\d#%5Ce`},
		"a backslash before an @":            {`http://example.com\@example.org/`, "http://example.com/@example.org/"},
		"a percent sign in the path":         {"http://example.com/100%-free/%zz%4", "http://example.com/100%-free/%zz%4"},
		"a percent sign in the query":        {"http://example.com/?q=50%&r=%zz", "http://example.com/?q=50%&r=%zz"},
		"a percent sign in the fragment":     {"http://example.com/#50%", "http://example.com/#50%"},
		"a percent sign before an escape":    {"http://example.com/%%41", "http://example.com/%%41"},
		"escapes beside illegal bytes":       {"http://example.com/a%2Fb|c é", "http://example.com/a%2Fb%7Cc%20%C3%A9"},
		"escapes beside illegal bytes, #":    {"http://example.com/#/a%2Fb c", "http://example.com/#/a%2Fb%20c"},
		"what is legal stays":                {"http://example.com/a+b/%2526;c=(d)!*'~[e]?f=g+h%20[i]|j", "http://example.com/a+b/%2526;c=(d)!*'~[e]?f=g+h%20[i]|j"},
		"illegal bytes in the query":         {`http://example.com/?q=a b"<é>`, "http://example.com/?q=a%20b%22%3C%C3%A9%3E"},
		"no path":                            {"http://example.com?a|b", "http://example.com?a|b"},
		"a path that begins with two slants": {"http://example.com//a%zz", "http://example.com//a%zz"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := ParseURL(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := URLText(u); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if again, err := ParseURL(URLText(u)); err != nil || URLText(again) != c.want {
				t.Errorf("read again it is %v, %v", again, err)
			}
		})
	}
}

func TestReferencesAreReadAsBrowsersDo(t *testing.T) {
	base, err := ParseURL("http://example.com/a%zz/b?c")
	if err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]string{
		"d":               "http://example.com/a%zz/d",
		"/50%":            "http://example.com/50%",
		`\\example.org\d`: "http://example.org/d",
		`..\d`:            "http://example.com/d",
		"?d=%zz":          "http://example.com/a%zz/b?d=%zz",
		"HTTPS:\\\\h\\%":  "https://h/%",
		"http:d":          "http://example.com/a%zz/d",
		"HTTP:/d":         "http://example.com/d",
		"/a\tb\nc":        "http://example.com/abc",
		`mailto:a\b`:      `mailto:a\b`,
		"a:b/%41":         "a:b/%41",
	} {
		got, err := ParseReference(base, reference)
		if err != nil || URLText(got) != want {
			t.Errorf("%q leads to %v, %v, want %s", reference, got, err, want)
		}
	}
}

func TestTheStandInIsRefused(t *testing.T) {
	for _, raw := range []string{"http://h/\ufdd0", "http://h/%ef%b7%90", "http://h/?%EF%B7%90", "http://h/#%Ef%b7%90"} {
		if u, err := ParseURL(raw); err == nil {
			t.Errorf("%q is read as %#v", raw, u)
		}
		if u, err := ParseReference(&url.URL{Scheme: "http", Host: "h"}, raw); err == nil {
			t.Errorf("%q is read as %#v", raw, u)
		}
	}
	if u, err := ParseReference(&url.URL{Scheme: "http", Host: "h"}, "/a%EF%B7\x902f"); err == nil {
		t.Errorf("it is put together to %#v", u)
	}
}
