package pages

import (
	"net/http"
	"strconv"

	"github.com/linkwell/linkwell/link-manager/account"
)

// mostWaiting is how far questions are counted for the menu.
const mostWaiting = 99

// waiting is how many questions wait for who asks, for the menu: empty for none, and where nobody can tell.
func (p *pages) waiting(r *http.Request, identity account.Identity) string {
	if !identity.Scopes.Has(account.Read) {
		return ""
	}
	n, err := p.Store.Waiting(r.Context(), identity.Owner, mostWaiting+1)
	switch {
	case err != nil: // the page itself will say so, if it needs the store
		return ""
	case n > mostWaiting:
		return strconv.Itoa(mostWaiting) + "+"
	case n > 0:
		return strconv.Itoa(n)
	}
	return ""
}

// showWaiting answers the entry of the menu alone, for the script to put in the place of the old one.
func (p *pages) showWaiting(w http.ResponseWriter, r *http.Request, _ string) error {
	p.render(w, r, http.StatusOK, "waiting", p.frame(r, "Needs a decision"))
	return nil
}
