package bus

import (
	"net/url"
	"strings"
)

// readable reports whether every address of a list is one. What nats.go says of the others repeats them, and they may
// hold a password.
func readable(addresses string) bool {
	for address := range strings.SplitSeq(addresses, ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); err != nil || u.Scheme == "" || u.Host == "" {
			return false
		}
	}
	return true
}

// redact is a list of readable addresses without user names, passwords and tokens.
func redact(addresses string) string {
	list := strings.Split(addresses, ",")
	for i, address := range list {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
			u.User = nil
			list[i] = u.String()
		}
	}
	return strings.Join(list, ",")
}
