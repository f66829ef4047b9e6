package probe

import (
	"net/url"

	"github.com/linkwell/linkwell/link-checker/check"
)

// nextURL is where a redirect answered by from leads, past the same gate as every URL, or the reason why it leads nowhere:
// redirect_invalid if location is missing, empty or unreadable, redirect_bad_scheme if it is not http or https, and
// bad_http, for which only we are to blame, if it is longer than check.MaxURLBytes (before or after it is resolved).
// Userinfo is dropped: browsers would send it, we hand a site's password to nobody, and almost all such pages need none. A
// location without fragment keeps from's (RFC 9110, 10.2.2).
func nextURL(from *url.URL, location string) (*url.URL, check.Reason) {
	if location == "" {
		return nil, check.RedirectInvalid
	}
	if len(location) > check.MaxURLBytes {
		return nil, check.BadHTTP
	}
	next, err := check.ParseReference(from, location)
	if err != nil {
		return nil, check.RedirectInvalid
	}
	next.User = nil
	if next.Fragment == "" {
		next.Fragment, next.RawFragment = from.Fragment, from.RawFragment
	}
	return gateHop(next)
}

// gateHop passes next through the gate as text, so that what is asked is what was judged.
func gateHop(next *url.URL) (*url.URL, check.Reason) {
	if next.Opaque == "" {
		var err error
		if next, err = sendable(next); err != nil {
			return nil, check.RedirectInvalid
		}
	}
	text := check.URLText(next)
	if len(text) > check.MaxURLBytes {
		return nil, check.BadHTTP
	}
	gated, err := check.ParseURL(text)
	switch {
	case err == nil:
		return gated, ""
	case gateReason(err) == check.UnsupportedScheme:
		return nil, check.RedirectBadScheme
	}
	return nil, check.RedirectInvalid
}
