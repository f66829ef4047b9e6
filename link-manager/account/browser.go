package account

import "strings"

// BrowserOf is the family of browser and system that a User-Agent tells of, like "Firefox on Linux": enough for somebody to
// know their own again, and no more than that is kept of it. It is empty if neither is known. Browsers say what they like, so
// it decides nothing.
func BrowserOf(userAgent string) string {
	browser, system := family(userAgent, browsers), family(userAgent, systems)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// mention is a family and what in a User-Agent tells it.
type mention struct{ token, name string }

// browsers and systems are asked in this order: most browsers name others too, so that they are served what those are.
var (
	browsers = []mention{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"}, {"YaBrowser/", "Yandex Browser"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = []mention{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"},
		{"FreeBSD", "FreeBSD"}, {"OpenBSD", "OpenBSD"}, {"Linux", "Linux"},
	}
)

// family is the name of the first that is mentioned; empty if none is.
func family(userAgent string, known []mention) string {
	for _, m := range known {
		if strings.Contains(userAgent, m.token) {
			return m.name
		}
	}
	return ""
}
