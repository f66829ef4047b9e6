package probe_test

import (
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestARedirectsEndlessBodyDoesNotHoldUpTheNextHop(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
		if r.URL.Path == "/a" && r.Method == http.MethodGet {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	expect(t, patient.Check(t.Context(), site.URL+"/a", true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}
