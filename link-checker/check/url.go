package check

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxURLBytes is the longest URL that may be saved or checked.
const MaxURLBytes = 4096

// ErrURL is what every error of ParseURL wraps.
var ErrURL = errors.New("unusable URL")

// A URLError says why a URL cannot be checked. Its text is a sentence for the person who typed the URL and never repeats
// the URL itself, which may hold a password.
type URLError struct {
	// Reason is BadURL or UnsupportedScheme.
	Reason Reason
	// Problem completes "the url …": "has no host".
	Problem string
}

func (e *URLError) Error() string { return "the url " + e.Problem }
func (e *URLError) Unwrap() error { return ErrURL }

// ParseURL is the one gate every URL passes before it is saved or checked: it returns the parsed URL, or a *URLError if
// raw is not an absolute http or https URL in UTF-8 with a host, a port from 1 to 65535, at most MaxURLBytes and no
// userinfo. It reads raw as browsers do, and URLText gives back what they would send.
// It says nothing about where the host leads; that is refused at the dial (probe.Guard).
func ParseURL(raw string) (*url.URL, error) {
	switch {
	case raw == "":
		return nil, &URLError{BadURL, "is empty"}
	case len(raw) > MaxURLBytes:
		return nil, &URLError{BadURL, fmt.Sprintf("is %d bytes long; the longest allowed is %d", len(raw), MaxURLBytes)}
	case !utf8.ValidString(raw):
		return nil, &URLError{BadURL, "is not valid UTF-8; escape other bytes with %"}
	case strings.TrimSpace(raw) != raw:
		return nil, &URLError{BadURL, "has spaces around it"}
	case holdsStandIn(raw):
		return nil, errStandIn
	}
	u, err := url.Parse(asBrowsersRead(raw))
	if err != nil {
		return nil, &URLError{BadURL, "cannot be read: " + parseProblem(err)}
	}
	switch {
	case u.Scheme == "":
		return nil, &URLError{BadURL, "has no scheme; it should start with https:// or http://"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &URLError{UnsupportedScheme, "has the scheme " + strconv.Quote(u.Scheme) + "; only http and https can be checked"}
	case u.User != nil:
		return nil, &URLError{BadURL, "holds a user name or password; save it without them"}
	case u.Hostname() == "":
		return nil, &URLError{BadURL, "has no host"}
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, &URLError{BadURL, "has a port that is not between 1 and 65535"}
		}
	}
	return u, nil
}

// parseProblem is net/url's complaint without the URL it quotes.
func parseProblem(err error) string {
	var parse *url.Error
	if errors.As(err, &parse) {
		err = parse.Err
	}
	var escape url.EscapeError
	var host url.InvalidHostError
	switch {
	case errors.As(err, &escape):
		return "it has an invalid %-escape"
	case errors.As(err, &host):
		return "its host has a character no host can have"
	}
	text := err.Error()
	if i := strings.IndexByte(text, '"'); i >= 0 {
		text = strings.TrimSpace(text[:i])
	}
	return text
}
