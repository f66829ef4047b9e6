package probe

import (
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestMovedToIsTheEndOfTheLeadingPermanentRun(t *testing.T) {
	for name, c := range map[string]struct {
		statuses []int
		reason   check.Reason
		want     string
	}{
		"no redirect":                   {nil, check.OK, ""},
		"301":                           {[]int{301}, check.OK, "final"},
		"308 301":                       {[]int{308, 301}, check.OK, "final"},
		"301 then 302":                  {[]int{301, 302}, check.OK, "1"},
		"301 301 302 301":               {[]int{301, 301, 302, 301}, check.OK, "2"},
		"302 then 301":                  {[]int{302, 301}, check.OK, ""},
		"303":                           {[]int{303}, check.OK, ""},
		"307":                           {[]int{307}, check.OK, ""},
		"301 to a login":                {[]int{301}, check.OKRestricted, "final"},
		"301 to what does not answer":   {[]int{301}, check.TimeoutHeaders, ""},
		"301 to what is not there":      {[]int{301}, check.NotFound, ""},
		"301 in a circle":               {[]int{301, 301}, check.RedirectLoop, ""},
		"301 for ever":                  {[]int{301, 301}, check.TooManyRedirects, ""},
		"301 to a redirect to nowhere":  {[]int{301}, check.RedirectInvalid, ""},
		"301 to an address not allowed": {[]int{301}, check.BlockedAddress, ""},
	} {
		result := check.Result{FinalURL: "final"}
		result.Decide(c.reason)
		for i, status := range c.statuses {
			result.Redirects = append(result.Redirects, check.Redirect{URL: string(rune('0' + i)), HTTPStatus: status})
		}
		if got := movedTo(result); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
