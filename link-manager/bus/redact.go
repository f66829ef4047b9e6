package bus

import (
	"net/url"
	"strings"
)

// redact is a list of broker addresses without user names, passwords and tokens.
func redact(addresses string) string {
	list := strings.Split(addresses, ",")
	for i, address := range list {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			list[i] = "(unreadable address)"
			continue
		}
		u.User = nil
		list[i] = u.String()
	}
	return strings.Join(list, ",")
}
