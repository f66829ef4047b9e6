package probe_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// ticking is a clock that is one second later whenever it is read, so that a phase that happened took at least 1,000 ms.
func ticking() func() time.Time {
	var reads atomic.Int64
	return func() time.Time { return time.Unix(reads.Add(1), 0) }
}

// happened has 1 where a phase took time.
func happened(timings check.Timings) check.Timings {
	return check.Timings{DNS: min(1, timings.DNS), Connect: min(1, timings.Connect), TLS: min(1, timings.TLS), FirstByte: min(1, timings.FirstByte)}
}

func TestTimingsAreThePhasesOfTheRequestThatDecided(t *testing.T) {
	authority := probetest.NewAuthority(t)
	names := probetest.NewNameServer(t, probetest.Names{"page.example": probetest.At("127.0.0.1")})
	certificate := authority.Issue(t, probetest.Leaf{Names: []string{"page.example", "127.0.0.1"}})
	secure := probetest.NewTLSSite(t, certificate, nil, respond(http.StatusOK))
	plain := probetest.NewSite(t, respond(http.StatusOK))
	prober := *patient
	prober.Resolver, prober.RootCAs, prober.Now = names.Resolver(), authority.Pool(), ticking()
	for name, c := range map[string]struct {
		url     string
		confirm bool
		want    check.Timings
	}{
		"a name, TLS":          {"https://page.example:" + secure.Port(), false, check.Timings{DNS: 1, Connect: 1, TLS: 1, FirstByte: 1}},
		"an address, TLS":      {secure.URL, false, check.Timings{Connect: 1, TLS: 1, FirstByte: 1}},
		"a name":               {"http://page.example:" + plain.Port(), false, check.Timings{DNS: 1, Connect: 1, FirstByte: 1}},
		"GET reuses HEAD's":    {"https://page.example:" + secure.Port(), true, check.Timings{FirstByte: 1}},
		"a port nobody serves": {"http://" + closedPort(t), false, check.Timings{}},
	} {
		got := prober.Check(t.Context(), c.url, c.confirm)
		if diff := cmp.Diff(c.want, happened(got.Timings)); diff != "" {
			t.Errorf("%s: %+v (-want +got):\n%s", name, got, diff)
		}
	}
}
