package pages

import "net/http"

// signInPage asks who somebody is.
type signInPage struct {
	frame
	Passwords, Provider bool
	// ReturnTo is the page to go on with.
	ReturnTo string
	// Wrong says that it did not work the last time.
	Wrong bool
}

func (p *pages) signInPage(w http.ResponseWriter, r *http.Request) {
	page := signInPage{frame: frame{Title: "Sign in"}, Passwords: p.Passwords, Provider: p.Provider, ReturnTo: r.URL.Query().Get("return_to"), Wrong: r.URL.Query().Has("wrong")}
	p.render(w, r, http.StatusOK, "sign-in", page)
}
