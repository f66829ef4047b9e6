package link

import (
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Similar is a weaker identity than Key: two keys with the same one lead most likely to the same page. Scheme, www.,
// fragment, the slash at the end, the order of the query and all of DefaultTracking make no difference. It is no URL.
func Similar(key string) string {
	u, err := check.ParseURL(key)
	if err != nil {
		return key
	}
	tracking, err := ParseTracking(strings.Split(DefaultTracking, ","))
	if err != nil {
		return key // it is a constant that can be read
	}
	similar := strings.TrimPrefix(u.Host, "www.") + strings.TrimRight(u.EscapedPath(), "/")
	if query := tracking.without(u.RawQuery); query != "" {
		pairs := strings.Split(query, "&")
		slices.Sort(pairs)
		similar += "?" + strings.Join(pairs, "&")
	}
	return similar
}
