package probetest

import (
	"fmt"
	"net"
	"net/http"

	"github.com/linkwell/linkwell/link-checker/check"
)

// nameBehaviours are about looking a name up.
var nameBehaviours = []Behaviour{
	{Case: 57, Name: "name that does not exist", NeedsNames: true, Want: finds(check.DNSNotFound, 0), url: typed("http://nowhere.example/page")},
	{Case: 57, Name: "name that is for mail only", NeedsNames: true, Want: finds(check.DNSNotFound, 0), url: answeredBy(Name{})},
	{Case: 57, Name: "name server that fails", NeedsNames: true, Want: finds(check.DNSTemporary, 0), url: answeredBy(Name{Failing: true})},
	{Case: 57, Name: "name server that is silent", NeedsNames: true, Hangs: true, Want: finds(check.TimeoutDNS, 0), url: answeredBy(Name{Silent: true})},
	{Case: 68, Name: "name that leads inside", NeedsNames: true, Want: finds(check.BlockedAddress, 0), url: answeredBy(At("10.0.0.1"))},
	{Case: 68, Name: "name that says where it leads inside", NeedsNames: true, Want: finds(check.BlockedAddress, 0), url: func(w *Web) string {
		return "http://" + w.named("169.254.169.254.nip.example", "80", "169.254.169.254") + "/page"
	}},
	{Case: 69, Name: "IPv6 that is refused, IPv4 that answers", NeedsNames: true, Want: finds(check.OK, 200), url: func(w *Web) string {
		return "http://" + w.named("both.example", w.site(respond(http.StatusOK)).Port(), "::1", "") + "/page"
	}},
	{Case: 69, Name: "IPv6 that may not be asked, IPv4 that answers", NeedsNames: true, Want: finds(check.OK, 200), url: func(w *Web) string {
		return "http://" + w.named("inside6.example", w.site(respond(http.StatusOK)).Port(), "fd00::1", "") + "/page"
	}},
	{Case: 70, Name: "international name and path", NeedsNames: true, Want: finds(check.OK, 200), url: func(w *Web) string {
		site := w.site(unless(http.StatusNotFound, func(r *http.Request) bool {
			host, _, _ := net.SplitHostPort(r.Host)
			return host == "xn--j1ay.xn--p1ai" && r.RequestURI == "/ru/%D1%8F?%D1%8F"
		}))
		return "http://кц.рф" + w.named("xn--j1ay.xn--p1ai", site.Port(), "")[len("xn--j1ay.xn--p1ai"):] + "/ru/я?я"
	}},
}

// answeredBy is a page on a name of its own that is answered so.
func answeredBy(answer Name) func(*Web) string {
	return func(w *Web) string {
		name := fmt.Sprintf("odd-%d.example", w.odd.Add(1))
		w.names().Add(name, answer)
		return "http://" + name + "/page"
	}
}
