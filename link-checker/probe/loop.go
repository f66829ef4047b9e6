package probe

import (
	"net/url"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A loop remembers what was asked on one walk, to notice when it is asked again.
type loop map[question]bool

// A question is all a server's answer can depend on, the method being the same throughout a walk. The cookies are the
// whole session's, not only those this URL gets: a login may bounce between two sites until one of them has set its own.
type question struct {
	url     string
	cookies fingerprint
}

// closes reports whether at was asked before with the same cookies, and remembers it.
func (l loop) closes(at *url.URL, cookies fingerprint) bool {
	page := *at
	page.Fragment, page.RawFragment = "", "" // never sent
	q := question{check.URLText(&page), cookies}
	if l[q] {
		return true
	}
	l[q] = true
	return false
}
