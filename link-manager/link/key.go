package link

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
)

// KeyVersion is stored with every key; from the first release on, a change of the rules below raises it.
const KeyVersion = 1

// Key is the identity of a target: two URLs with the same key are one target, checked once. It is itself a URL, and the
// one that is checked. Keys are idempotent: the key of a key is itself. It fails like
// check.ParseURL, also if the key itself would.
//
// It only brings together what RFC 3986 section 6.2.2 and 6.2.3 call equivalent: case of scheme and host, an
// internationalised host and its ASCII form, the default port, dot segments, an empty path, needless or lower-case
// percent-escapes; and it drops the fragment, except #! and #/, which address a page of a single-page site. Query order,
// a trailing slash and www. make a difference.
//
// Tracking parameters are left out too. What a target is known by is what it was saved with: other parameters to ignore
// make a difference only to what is saved from then on.
func Key(raw string, ignored Tracking) (string, error) {
	u, err := check.ParseURL(raw)
	if err != nil {
		return "", err
	}
	key := url.URL{Scheme: strings.ToLower(u.Scheme), Host: keyHost(u)}
	key.RawPath = removeDotSegments(normalizeEscapes(u.EscapedPath()))
	if key.Path, err = url.PathUnescape(key.RawPath); err != nil {
		return "", &check.URLError{Reason: check.BadURL, Problem: "has an invalid %-escape in its path"}
	}
	key.RawQuery = normalizeEscapes(ignored.without(u.RawQuery))
	key.ForceQuery = u.ForceQuery
	if fragment := u.EscapedFragment(); strings.HasPrefix(fragment, "!") || strings.HasPrefix(fragment, "/") {
		key.RawFragment = normalizeEscapes(fragment)
		if key.Fragment, err = url.PathUnescape(key.RawFragment); err != nil {
			return "", &check.URLError{Reason: check.BadURL, Problem: "has an invalid %-escape in its fragment"}
		}
	}
	text := check.URLText(&key)
	if len(text) > check.MaxURLBytes {
		return "", &check.URLError{Reason: check.BadURL, Problem: fmt.Sprintf("is %d bytes long when it is escaped as it must be; the longest allowed is %d", len(text), check.MaxURLBytes)}
	}
	// A host of characters that mean nothing maps to no host at all.
	if _, err := check.ParseURL(text); err != nil {
		return "", err
	}
	return text, nil
}

// HostOf is the host of a key, without port, by which manners are kept: a name, or an address in its usual spelling,
// because 134744072 and 8.8.8.8 are one server.
func HostOf(key string) string {
	u, err := check.ParseURL(key)
	if err != nil {
		return ""
	}
	return probe.Host(u)
}

// keyHost is the host in lower case and ASCII, without the trailing dot and the default port.
func keyHost(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.String()
	} else if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		// A host the Lookup profile refuses (an underscore, say) is kept as it is: the check will tell.
		host = ascii
	}
	if trimmed := strings.TrimRight(host, "."); trimmed != "" {
		host = trimmed
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := strings.TrimLeft(u.Port(), "0")
	if port == "" || (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		return host
	}
	return host + ":" + port
}

// removeDotSegments is RFC 3986 section 5.2.4 for an absolute path; the empty path becomes /.
func removeDotSegments(p string) string {
	if p == "" {
		return "/"
	}
	segments := strings.Split(p, "/")
	kept := segments[:0:0]
	for i, segment := range segments {
		switch segment {
		case ".":
			if i == len(segments)-1 {
				kept = append(kept, "")
			}
		case "..":
			if len(kept) > 1 {
				kept = kept[:len(kept)-1]
			}
			if i == len(segments)-1 {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	if joined := strings.Join(kept, "/"); path.IsAbs(joined) {
		return joined
	}
	return "/" + strings.Join(kept, "/")
}

// normalizeEscapes is RFC 3986 section 6.2.2.1 and 6.2.2.2: escapes in upper case, and none where an unreserved character
// would do. A % that starts no escape stays as it is, and then so do all escapes: what they stand for could make it the
// start of one.
func normalizeEscapes(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	stray := hasStrayPercent(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if !check.StartsEscape(s[i:]) {
			b.WriteByte(s[i])
			continue
		}
		if c := unhex(s[i+1])<<4 | unhex(s[i+2]); isUnreserved(c) && !stray {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

// hasStrayPercent reports whether part, of a URL that check.ParseURL returned, has a % that starts no escape.
func hasStrayPercent(part string) bool {
	part = check.WithStrayPercents(part)
	for i := range len(part) {
		if part[i] == '%' && !check.StartsEscape(part[i:]) {
			return true
		}
	}
	return false
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
