package probe

import (
	"net/url"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestALocationIsReadRelativeToWhereItWasGiven(t *testing.T) {
	const from = "https://example.com/a/b?q=1"
	for location, want := range map[string]string{
		"c":                           "https://example.com/a/c",
		"/c":                          "https://example.com/c",
		"../c":                        "https://example.com/c",
		"?q=2":                        "https://example.com/a/b?q=2",
		"//example.org/c":             "https://example.org/c",
		"http://example.org":          "http://example.org",
		"HTTP://EXAMPLE.ORG/":         "http://EXAMPLE.ORG/",
		"/c#part":                     "https://example.com/c#part",
		"#part":                       "https://example.com/a/b?q=1#part",
		"http://gigi@example.org/":    "http://example.org/",
		"http://gigi:pw@example.org/": "http://example.org/",
		"//gigi:pw@example.org/":      "https://example.org/",
		"http://a@b@example.org/":     "http://example.org/",
		"http://кц.рф/ru/":            "http://xn--j1ay.xn--p1ai/ru/",
		"http://кц.рф:8080/":          "http://xn--j1ay.xn--p1ai:8080/",
		"http://１２７。0.0.1/":           "http://127.0.0.1/",
		"https:c":                     "https://example.com/a/c",
		"https:/c":                    "https://example.com/c",
		"/a\t/b\r\n":                  "https://example.com/a/b",
		"http://a_b.кц.рф/":           "http://a_b.xn--j1ay.xn--p1ai/",
		"http://-foo.кц.рф/":          "http://-foo.xn--j1ay.xn--p1ai/",
		"/%zz/100%":                   "https://example.com/%zz/100%",
		`\c\d`:                        "https://example.com/c/d",
		"http://0x7f.1/":              "http://127.0.0.1/",
		"/a|b[x]+%20%2526":            "https://example.com/a%7Cb[x]+%20%2526",
	} {
		next, reason := nextURL(mustParse(t, from), location)
		if reason != "" || check.URLText(next) != want {
			t.Errorf("%q: %v %s, want %s", location, next, reason, want)
		}
	}
}

func TestALocationWithoutFragmentKeepsTheOldOne(t *testing.T) {
	from := mustParse(t, "https://example.com/a#part%20one")
	for location, want := range map[string]string{
		"/b":     "https://example.com/b#part%20one",
		"/b#two": "https://example.com/b#two",
	} {
		if next, reason := nextURL(from, location); reason != "" || check.URLText(next) != want {
			t.Errorf("%q: %v %s, want %s", location, next, reason, want)
		}
	}
}

func TestALocationThatLeadsNowhereHasAReason(t *testing.T) {
	for location, want := range map[string]check.Reason{
		"":                               check.RedirectInvalid,
		"http:///x":                      check.RedirectInvalid,
		"http://\u00ad/":                 check.RedirectInvalid,
		"http://℀.com/":                  check.RedirectInvalid,
		"http://кц／.рф/":                 check.RedirectInvalid,
		"http://кц＠рф/":                  check.RedirectInvalid,
		"http://1.2.3.4.5/":              check.RedirectInvalid,
		"http://example.com:0/":          check.RedirectInvalid,
		strings.Repeat("./", 2049) + "a": check.BadHTTP, // however short once resolved
		strings.Repeat("a", 4097):        check.BadHTTP,
		"/" + strings.Repeat("é", 1000):  check.BadHTTP, // 6,001 bytes once encoded
		"tel:+1234":                      check.RedirectBadScheme,
		"data:text/html,<p>%zz":          check.RedirectBadScheme,
		"slack://open":                   check.RedirectBadScheme,
		"intent:#Intent;end":             check.RedirectBadScheme,
	} {
		if next, reason := nextURL(mustParse(t, "https://example.com/"), location); reason != want || next != nil {
			t.Errorf("%.40q: %v %q, want %s", location, next, reason, want)
		}
	}
}

// FuzzLocation holds what the rest of a check builds on: where a redirect leads has passed the gate, is plain ASCII, and
// holds no userinfo.
func FuzzLocation(f *testing.F) {
	for _, seed := range []string{
		"", "/b", "?q=a b", "//h/x", "http://gigi:pw@h/", "http://[::1]:80/", "http://[fe80::1%25lo]/", "mailto:a@b", "http:b",
		"/caf\xe9", "http://кц.рф/", "http://１２７.1/", "#", "\\\\h\\x", "http://h:port/", "%zz", "http://a@b@c/",
	} {
		f.Add("https://example.com/a?b#c", seed)
	}
	f.Fuzz(func(t *testing.T, base, location string) {
		from, err := startURL(base)
		if err != nil {
			return
		}
		next, reason := nextURL(from, location)
		if reason != "" {
			if next != nil || reason != check.RedirectInvalid && reason != check.RedirectBadScheme && reason != check.BadHTTP {
				t.Errorf("%v and %s", next, reason)
			}
			return
		}
		text := check.URLText(next)
		if gated, err := check.ParseURL(text); err != nil || check.URLText(gated) != text {
			t.Errorf("%q does not pass the gate as it is: %v, %v", text, gated, err)
		}
		if next.User != nil || !isASCII(text) || strings.ContainsAny(next.RequestURI(), " \r\n") {
			t.Errorf("%q is not fit to be sent", text)
		}
	})
}
