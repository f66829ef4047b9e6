package pages

import "net/http"

// signInPage asks who somebody is.
type signInPage struct {
	frame
	Passwords, Provider bool
	// ReturnTo is the page to go on with.
	ReturnTo string
	// Problem is why it did not work the last time.
	Problem string
}

// signInWrong are why somebody is not signed in, by wrong in the address.
var signInWrong = map[string]string{
	"1":        "Login or password is wrong.",
	"often":    "This was tried too often. Come again in a minute.",
	"now":      "Linkwell cannot sign you in now. Try again in a moment.",
	"provider": "Signing in with your provider did not work. Begin again; if that does not help, tell whoever runs this Linkwell.",
	"disabled": "Your account is disabled here. Ask whoever runs this Linkwell.",
}

func (p *pages) signInPage(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	page := signInPage{
		frame: frame{Title: "Sign in"}, Passwords: p.Passwords, Provider: p.Provider, ReturnTo: asked.Get("return_to"), Problem: signInWrong[asked.Get("wrong")],
	}
	p.render(w, r, http.StatusOK, "sign-in", page)
}
