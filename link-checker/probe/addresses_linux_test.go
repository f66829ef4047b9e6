package probe_test

import (
	"net"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// TestAnAddressThatDoesNotAnswerLeavesTimeForTheNext needs two addresses of one family on one port; only Linux serves
// all of 127.0.0.0/8. Package net gives each address its share of the time, but no less than 2 s.
func TestAnAddressThatDoesNotAnswerLeavesTimeForTheNext(t *testing.T) {
	_, port, _ := net.SplitHostPort(probetest.NewBlackhole(t))
	probetest.NewRawOn(t, "127.0.0.2:"+port, probetest.Answer(page))
	names := probetest.NewNameServer(t, probetest.Names{"two.example": probetest.At("127.0.0.1", "127.0.0.2")})
	prober := *patient
	prober.Timeout, prober.Resolver = 4*time.Second, names.Resolver()
	expect(t, prober.Check(t.Context(), "http://two.example:"+port, true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}
