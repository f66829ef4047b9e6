package api

import (
	"cmp"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// counted tells Answered of each request.
func (a *api) counted(next http.Handler) http.Handler {
	if a.Answered == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(answer, r)
		a.Answered(method(r), routeOf(r), cmp.Or(answer.Status(), http.StatusOK), time.Since(began))
	})
}
