package probe_test

import (
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// D23 of the predecessor: HEAD alone, no time limit, no guard, and everything from 400 on was invalid.
func TestD23AServerThatRefusesHEADOrHasTroubleIsNotInvalid(t *testing.T) {
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		status  check.Status
	}{
		"405 for HEAD": {func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		}, check.Valid},
		"429":   {respond(http.StatusTooManyRequests), check.Pending},
		"503":   {respond(http.StatusServiceUnavailable), check.Pending},
		"hangs": {hang, check.Pending},
		"404":   {respond(http.StatusNotFound), check.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			prober := patient
			if name == "hangs" {
				prober = brief
			}
			if got := prober.Check(t.Context(), probetest.NewSite(t, test.handler).URL, false); got.Status != test.status || got.Reason == "" {
				t.Errorf("it is %s (%s), want %s", got.Status, got.Reason, test.status)
			}
		})
	}
	site := probetest.NewSite(t, respond(http.StatusOK))
	if got := new(probe.Prober).Check(t.Context(), site.URL, false); got.Reason != check.BlockedAddress || site.Connections() != 0 {
		t.Errorf("an address of our own is %s after %d connections", got.Reason, site.Connections())
	}
}
