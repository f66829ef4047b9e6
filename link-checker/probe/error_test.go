package probe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// Twenty hops of a second each would be twice what a check has.
func TestHopsWhoseBodiesNeverEndDoNotHoldACheckBeyondItsDeadline(t *testing.T) {
	circle := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	began := time.Now()
	expect(t, brief.Check(t.Context(), circle.URL, true), answer{Reason: check.TimeoutHeaders, HTTPStatus: 302, Method: "GET"})
	if took := time.Since(began); took > brief.Timeout+5*time.Second {
		t.Errorf("took %v with a timeout of %v", took, brief.Timeout)
	}
}
