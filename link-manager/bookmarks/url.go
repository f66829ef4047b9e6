package bookmarks

import "strings"

// isWeb reports whether s begins like a http or https URL.
func isWeb(s string) bool {
	return len(s) > 7 && strings.EqualFold(s[:7], "http://") || len(s) > 8 && strings.EqualFold(s[:8], "https://")
}

// checkURL says why a URL cannot be a link; empty if it may. Whoever saves it looks closer. skipped is as in ItemError.
func checkURL(url string) (problem string, skipped bool) {
	switch {
	case url == "":
		return "it has no address", false
	case len(url) > maxURL:
		return "its address is longer than any that can be saved", false
	case !isWeb(url):
		return schemeProblem(url), true
	}
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	if strings.Contains(rest, "@") {
		return "its address holds a user name or password; save it without them", false
	}
	return "", false
}

// schemeProblem says what a URL is that is not http or https.
func schemeProblem(url string) string {
	scheme, _, found := strings.Cut(url, ":")
	switch {
	case !found || !isScheme(scheme):
		return "its address is no whole URL; it should start with https:// or http://"
	case strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"):
		return "its address has no host"
	default:
		return "its address has the scheme " + strings.ToLower(scheme) + "; only http and https can be checked"
	}
}

// isScheme reports whether s could be a scheme (RFC 3986 section 3.1).
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !('a' <= c && c <= 'z' || i > 0 && ('0' <= s[i] && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.')) {
			return false
		}
	}
	return s != "" && len(s) <= 30
}

// usable is the item with a URL in UTF-8, or an *ItemError that says why it cannot be a link.
func usable(item Item) (Item, error) {
	item.URL = legible(item.URL)
	if problem, skipped := checkURL(item.URL); problem != "" {
		return Item{}, &ItemError{Line: item.Line, Skipped: skipped, Title: item.Title, Problem: problem}
	}
	return item, nil
}
