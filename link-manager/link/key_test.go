package link

import (
	"errors"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

// TestKeyBringsEquivalentURLsTogether is hard case 71 (link-checker/probe/probetest numbers them).
func TestKeyBringsEquivalentURLsTogether(t *testing.T) {
	for name, test := range map[string]struct{ raw, key string }{
		"nothing to do":               {"https://example.com/a?b=c", "https://example.com/a?b=c"},
		"case of scheme and host":     {"HTTPS://Example.COM/A", "https://example.com/A"},
		"empty path":                  {"https://example.com", "https://example.com/"},
		"empty path before a query":   {"https://example.com?a", "https://example.com/?a"},
		"default port of http":        {"http://example.com:80/", "http://example.com/"},
		"default port of https":       {"https://example.com:443/", "https://example.com/"},
		"default port with zeros":     {"https://example.com:00443/", "https://example.com/"},
		"another port":                {"http://example.com:443/", "http://example.com:443/"},
		"empty port":                  {"http://example.com:/", "http://example.com/"},
		"dot segments":                {"https://example.com/a/./b/../c", "https://example.com/a/c"},
		"dot segments at the end":     {"https://example.com/a/b/..", "https://example.com/a/"},
		"dot segments above the root": {"https://example.com/../../a", "https://example.com/a"},
		"escaped dots":                {"https://example.com/a/%2e%2e/b", "https://example.com/b"},
		"needless escapes":            {"https://example.com/%7Euser/%61?%62=%63", "https://example.com/~user/a?b=c"},
		"escapes in lower case":       {"https://example.com/%c3%a9", "https://example.com/%C3%A9"},
		"letters and their escapes":   {"https://example.com/é", "https://example.com/%C3%A9"},
		"host with a final dot":       {"https://example.com./", "https://example.com/"},
		"international host":          {"https://КЦ.рф/", "https://xn--j1ay.xn--p1ai/"},
		"full-width host":             {"https://ｅｘａｍｐｌｅ.com/", "https://example.com/"},
		"IPv6 spelled at length":      {"http://[2606:4700:0:0:0:0:0:1111]/", "http://[2606:4700::1111]/"},
		"backslashes":                 {`https:\\example.com\a`, "https://example.com/a"},
		"a stray percent sign":        {"https://example.com/100%/%zz%7e?%", "https://example.com/100%/%zz%7E?%"},
		"a stray one before escapes":  {"https://example.com/%%34%31?%%341", "https://example.com/%%34%31?%%341"},
		"illegal bytes and escapes":   {"https://example.com/a%2fb|c", "https://example.com/a%2Fb%7Cc"},
		"fragment":                    {"https://example.com/a#b", "https://example.com/a"},
		"fragment that is a page":     {"https://example.com/#!/a", "https://example.com/#!/a"},
		"fragment that is a route":    {"https://example.com/#/a", "https://example.com/#/a"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Key(test.raw, Tracking{})
			if err != nil || got != test.key {
				t.Errorf("Key(%q) = %q, %v, want %q", test.raw, got, err, test.key)
			}
			if again, err := Key(got, Tracking{}); err != nil || again != got {
				t.Errorf("Key(%q) = %q, %v: not idempotent", got, again, err)
			}
		})
	}
}

// TestKeyKeepsDifferentURLsApart is hard case 77, and 71 for the double slash, which RFC 3986 lets stand for another page.
func TestKeyKeepsDifferentURLsApart(t *testing.T) {
	for name, pair := range map[string][2]string{
		"scheme":          {"http://example.com/", "https://example.com/"},
		"www":             {"https://example.com/", "https://www.example.com/"},
		"trailing slash":  {"https://example.com/a", "https://example.com/a/"},
		"case of path":    {"https://example.com/a", "https://example.com/A"},
		"query":           {"https://example.com/?id=1", "https://example.com/?id=2"},
		"order of query":  {"https://example.com/?a&b", "https://example.com/?b&a"},
		"empty query":     {"https://example.com/", "https://example.com/?"},
		"doubled slash":   {"https://example.com/a/b", "https://example.com/a//b"},
		"escaped slash":   {"https://example.com/a/b", "https://example.com/a%2Fb"},
		"and a space":     {"https://example.com/a/b c", "https://example.com/a%2Fb c"},
		"stray percent":   {"https://example.com/%", "https://example.com/%25"},
		"escaped percent": {"https://example.com/%25", "https://example.com/%2525"},
		"plus and space":  {"https://example.com/?a+b", "https://example.com/?a%20b"},
	} {
		t.Run(name, func(t *testing.T) {
			a, errA := Key(pair[0], Tracking{})
			b, errB := Key(pair[1], Tracking{})
			if errA != nil || errB != nil || a == b {
				t.Errorf("%q and %q both have the key %q (%v, %v)", pair[0], pair[1], a, errA, errB)
			}
		})
	}
}

func TestKeyRefusesWhatCannotBeChecked(t *testing.T) {
	for _, raw := range []string{"", "example.com", "ftp://example.com", "https://user@example.com/", "https:///", "http://xn--/", "http://\u00ad:443/", "https://\u200b/x", "https://example.com/" + strings.Repeat("é", 1000)} {
		if key, err := Key(raw, Tracking{}); !errors.Is(err, check.ErrURL) {
			t.Errorf("Key(%q) = %q, %v", raw, key, err)
		}
	}
}

func TestHostOf(t *testing.T) {
	for key, host := range map[string]string{
		"https://example.com/100%/#!/50%": "example.com",
		"https://example.com/a":           "example.com",
		"https://example.com:8443/":       "example.com",
		"http://[2606:4700::1]:80/":       "2606:4700::1",
		// Each of these is one server, which must not be asked once a second by every name it has.
		"http://8.8.8.8:8080/":     "8.8.8.8",
		"http://134744072/":        "8.8.8.8",
		"http://0x8.010.2056/":     "8.8.8.8",
		"http://[::ffff:8.8.8.8]/": "8.8.8.8",
		"http://8.8.8.8.8/":        "8.8.8.8.8",
	} {
		if got := HostOf(key); got != host {
			t.Errorf("HostOf(%q) = %q, want %q", key, got, host)
		}
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{
		"https://example.com", "HTTP://EXAMPLE.com:80/a/../%7e?b=%63#!/d", "https://КЦ.рф./", "http://[::1%25lo]/", "http://a/%2e%2e/%2f", "http://a_b/;x=%",
		"http://xn--/", "http://\u00ad:443/", "https://\u200b/x",
	} {
		f.Add(seed)
	}
	f.Add("http://a/?utm_x=%&%75tm_y=1&b")
	tracking := defaultTracking(f)
	f.Fuzz(func(t *testing.T, raw string) {
		key, err := Key(raw, tracking)
		if err != nil {
			if !errors.Is(err, check.ErrURL) {
				t.Errorf("Key(%q): error %v is no URLError", raw, err)
			}
			return
		}
		if _, err := check.ParseURL(key); err != nil {
			t.Errorf("Key(%q) = %q, which nobody would check: %v", raw, key, err)
		}
		if HostOf(key) == "" {
			t.Errorf("%q has no host", key)
		}
		if Similar(key) == "" {
			t.Errorf("%q is similar to nothing", key)
		}
		again, err := Key(key, tracking)
		if err != nil || again != key {
			t.Errorf("Key(%q) = %q, and its key is %q, %v", raw, key, again, err)
		}
	})
}
