package pinboard

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
)

const aToken = "lw_abcdabcdabcdabcd_0123456789012345678901234567890123456789"

func TestATokenIsTakenOutOfTheURL(t *testing.T) {
	for query, want := range map[string]struct {
		token string
		shown bool
		left  string
	}{
		"":                         {"", false, ""},
		"url=a&tag=b":              {"", false, "url=a&tag=b"},
		"auth_token=ann:" + aToken: {aToken, true, ""},
		"auth_token=" + aToken:     {aToken, true, ""},
		"url=a&auth_token=a%3A" + aToken + "&tag=b%zz":   {aToken, true, "url=a&tag=b%zz"},
		"%61uth%5ftoken=" + aToken:                       {aToken, true, ""},
		"Auth_Token=" + aToken:                           {aToken, true, ""},
		"auth_token%zz=" + aToken:                        {aToken, true, ""},
		"auth_token=%zz" + aToken:                        {"", true, ""},
		"auth_token=" + aToken + "&auth_token=" + aToken: {"", true, ""},
		"auth_token": {"", true, ""},
	} {
		u := &url.URL{Path: "/", RawQuery: query}
		token, shown := takeToken(u)
		if token != want.token || shown != want.shown || u.RawQuery != want.left {
			t.Errorf("%s: %q %v, and %q is left", query, token, shown, u.RawQuery)
		}
	}
}

func FuzzTakeToken(f *testing.F) {
	for _, query := range []string{"", "a=b&auth_token=ann:" + aToken, "%61uth_token=x&&=;", "auth_token=%zz", "#=auth_token="} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		u := &url.URL{Path: "/", RawQuery: query}
		takeToken(u)
		if values, _ := url.ParseQuery(u.RawQuery); values.Has("auth_token") {
			t.Errorf("%q is left of %q", u.RawQuery, query)
		}
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			if name, _, _ := strings.Cut(pair, "="); strings.Contains(strings.ToLower(name), "auth_token") {
				t.Errorf("%q is left of %q", pair, query)
			}
		}
		left := u.RawQuery
		if token, shown := takeToken(u); shown || token != "" || u.RawQuery != left {
			t.Errorf("of %q there is a token left", query)
		}
	})
}

func FuzzSplitTags(f *testing.F) {
	for _, text := range []string{"", "a b", "A,b , #c", "\u00a0ä\t,", "a\x00", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tags, err := splitTags(text)
		if err != nil || slices.ContainsFunc(tags, func(tag string) bool { return strings.HasPrefix(tag, "#") }) {
			return // one # before a tag is taken away each time it is read
		}
		again, err := splitTags(strings.Join(tags, " "))
		if err != nil || !slices.Equal(tags, again) || tags == nil || len(tags) > link.MaxTags {
			t.Errorf("%q is %q, and that is %q (%v)", text, tags, again, err)
		}
	})
}

func TestAPasswordOfAnotherSitesRequestIsNotLookedAt(t *testing.T) {
	for site, want := range map[string]bool{"": true, "none": true, "same-origin": true, "same-site": false, "cross-site": false} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.SetBasicAuth("ann", aToken)
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		if got, shown := token(r); shown != want || (got == aToken) != want {
			t.Errorf("%q: %q %v", site, got, shown)
		}
	}
}
