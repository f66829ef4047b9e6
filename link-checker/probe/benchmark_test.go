package probe_test

import (
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func BenchmarkCheck(b *testing.B) {
	authority := probetest.NewAuthority(b)
	prober := *patient
	prober.RootCAs = authority.Pool()
	for name, site := range map[string]*probetest.Site{
		"http":  probetest.NewSite(b, respond(http.StatusOK)),
		"https": probetest.NewTLSSite(b, authority.Issue(b, probetest.Leaf{}), nil, respond(http.StatusOK)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if got := prober.Check(b.Context(), site.URL, true); got.Reason != check.OK {
						b.Errorf("got %+v", got)
					}
				}
			})
		})
	}
}
