package deadletter

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxReason is how many bytes of a reason are kept.
const maxReason = 300

// urls are those a reason may hold, as the error of a call does.
var urls = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"']*`)

// Reason is a reason as it is kept and logged: one line of at most maxReason bytes of UTF-8, and of URLs no more than
// their scheme and host, because the rest may be a secret.
func Reason(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	text = urls.ReplaceAllStringFunc(strings.Join(words, " "), schemeAndHost)
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason-len("…")], "") + "…"
	}
	return text
}

func schemeAndHost(text string) string {
	scheme, _, _ := strings.Cut(text, "://")
	u, err := url.Parse(text)
	if err != nil {
		return scheme + "://…"
	}
	return scheme + "://" + u.Host
}
