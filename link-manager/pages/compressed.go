package pages

import (
	"net/http"

	"github.com/go-chi/chi/v5/middleware"
)

// compressed sends text in gzip to whoever takes it. What another site has a browser ask for is sent as it is: together with
// what that site puts into our address, the length of a compressed page would tell it what else is there (BREACH).
func compressed(next http.Handler) http.Handler {
	squeezed := middleware.Compress(5, "text/html", "text/css", "text/javascript", "image/svg+xml")(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			next.ServeHTTP(w, r)
			return
		}
		squeezed.ServeHTTP(w, r)
	})
}
