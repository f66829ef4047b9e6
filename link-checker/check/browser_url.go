package check

import (
	"fmt"
	"net/url"
	"strings"
)

// Browsers read some things that net/url refuses or reads otherwise, and Linkwell reads as they do (URL Standard, 4.4): a
// \ before the query is a /; bytes that may not stand in a URL are percent-encoded, and only they; a % that starts no
// escape is sent as it is.

// strayPercent stands in a url.URL of ours for a % that starts no escape, because net/url takes escapes only. It is the
// escape of U+FDD0, a noncharacter that means nothing anywhere; where somebody types it, it is refused.
const strayPercent = "%EF%B7%90"

// URLText is u as people see it and servers get it. Whatever ParseURL or ParseReference returned, or was derived from it,
// becomes text here and not by its String.
func URLText(u *url.URL) string { return WithStrayPercents(u.String()) }

// WithStrayPercents is a part of such a URL as servers get it.
func WithStrayPercents(part string) string { return strings.ReplaceAll(part, strayPercent, "%") }

// WithEscapedPercents is the same with each % that starts no escape as %25, which says the same to most servers.
func WithEscapedPercents(part string) string { return strings.ReplaceAll(part, strayPercent, "%25") }

// ParseReference reads what may be relative to base, such as a Location, as browsers do. It fails as net/url does; what it
// returns need not have passed the gate of ParseURL.
func ParseReference(base *url.URL, reference string) (*url.URL, error) {
	reference = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(reference)
	if holdsStandIn(encode(reference, "")) {
		return nil, errStandIn
	}
	reference = asBrowsersRead(reference)
	// A scheme that is the base's, with no // behind it, says nothing.
	if scheme := reference[:schemeLength(reference)]; strings.EqualFold(scheme, base.Scheme+":") && !strings.HasPrefix(reference[len(scheme):], "//") {
		reference = reference[len(scheme):]
	}
	return base.Parse(reference)
}

var errStandIn = &URLError{BadURL, "has a character that means nothing (U+FDD0)"}

func holdsStandIn(raw string) bool {
	return strings.Contains(raw, "\ufdd0") || strings.Contains(strings.ToUpper(raw), strayPercent)
}

// asBrowsersRead returns raw, a URL or a reference, in the form that makes net/url read it as browsers do. A % in the host
// is left to net/url, which refuses it, and so is one in the query, which it keeps as it is.
func asBrowsersRead(raw string) string {
	scheme := raw[:schemeLength(raw)]
	if scheme != "" && !strings.EqualFold(scheme, "http:") && !strings.EqualFold(scheme, "https:") {
		return raw
	}
	rest, fragment, hasFragment := strings.Cut(raw[len(scheme):], "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	host, path := cutPath(strings.ReplaceAll(rest, `\`, "/"))
	read := scheme + host + standInForStrays(encode(path, notInPath))
	if hasQuery {
		read += "?" + encode(query, notInQuery)
	}
	if hasFragment {
		read += "#" + standInForStrays(encode(fragment, notInPath))
	}
	return read
}

// What is percent-encoded beside everything that is not ASCII: the percent-encode sets of the URL Standard (1.3) as far as
// net/url agrees, which wants ^ and | encoded too. Control characters are not among them, so that they are refused.
const (
	notInPath  = " \"<>^`{|}"
	notInQuery = " \"<>"
)

// encode percent-encodes the bytes of part that are in set or beyond ASCII.
func encode(part, set string) string {
	var b strings.Builder
	for i := range len(part) {
		if c := part[i]; c >= 0x80 || strings.IndexByte(set, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// schemeLength is the length of the scheme that reference starts with, colon included; 0 if it is relative (RFC 3986, 3.1).
func schemeLength(reference string) int {
	for i, c := range []byte(reference) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// cutPath splits what follows a scheme into // with the host, if it has them, and the path.
func cutPath(rest string) (host, path string) {
	if !strings.HasPrefix(rest, "//") {
		return "", rest
	}
	if slash := strings.IndexByte(rest[2:], '/'); slash >= 0 {
		return rest[:2+slash], rest[2+slash:]
	}
	return rest, ""
}

func standInForStrays(part string) string {
	if !strings.Contains(part, "%") {
		return part
	}
	var b strings.Builder
	for i := range len(part) {
		if part[i] == '%' && !StartsEscape(part[i:]) {
			b.WriteString(strayPercent)
		} else {
			b.WriteByte(part[i])
		}
	}
	return b.String()
}

// StartsEscape reports whether s starts with a percent-escape: a % and two hexadecimal digits.
func StartsEscape(s string) bool {
	return len(s) >= 3 && s[0] == '%' && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
