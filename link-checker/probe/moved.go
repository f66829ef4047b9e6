package probe

import (
	"net/http"

	"github.com/linkwell/linkwell/link-checker/check"
)

// movedTo is where the leading run of permanent redirects (301, 308) ends: the address to save instead. It is empty if
// the first redirect is not permanent, and if the page was not found to work where it all ended.
func movedTo(result check.Result) string {
	run := 0
	for run < len(result.Redirects) && permanent(result.Redirects[run].HTTPStatus) {
		run++
	}
	switch {
	case run == 0, result.Status != check.Valid:
		return ""
	case run < len(result.Redirects):
		return result.Redirects[run].URL
	}
	return result.FinalURL
}

func permanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}
