package pages

import "net/http"

// showHelp tells the keys and the language of searches. The script shows the same over any page.
func (p *pages) showHelp(w http.ResponseWriter, r *http.Request, _ string) error {
	p.render(w, r, http.StatusOK, "help", struct{ frame }{p.frame(r, "Help")})
	return nil
}
