package probe_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// crypto/tls then waits for its own connection even to close it.
func TestAServerThatKeepsTheClientWritingDoesNotHoldACheck(t *testing.T) {
	authority := probetest.NewAuthority(t)
	address := probetest.NewKeyUpdates(t, authority)
	prober := &probe.Prober{Timeout: 8 * time.Second, Allow: probetest.Loopback, RootCAs: authority.Pool()}
	checked := make(chan check.Result, 1)
	began := time.Now()
	go func() { checked <- prober.Check(t.Context(), "https://"+address, true) }()
	select {
	case got := <-checked:
		if got.Reason != check.TimeoutHeaders {
			t.Errorf("found %+v", got)
		}
		if took := time.Since(began); took > prober.Timeout+time.Second {
			t.Errorf("it took %v", took)
		}
	case <-time.After(prober.Timeout + 20*time.Second):
		t.Fatal("it does not end")
	}
}

func TestAHopsCookiesAreFewEnoughToCarry(t *testing.T) {
	most := 0
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		most = max(most, len(r.Cookies()))
		var hop int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &hop)
		for i := range 2900 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("%x=", 2900*hop+i))
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", hop+1), http.StatusFound)
	})
	got := patient.Check(t.Context(), site.URL+"/0", true)
	expect(t, got, answer{Reason: check.TooManyRedirects, HTTPStatus: 302, Method: "GET"})
	if most < 1000 || most > 1400 {
		t.Errorf("up to %d cookies were sent", most)
	}
	if cookie := site.Requests()[len(site.Requests())-1].Header.Get("Cookie"); !strings.Contains(cookie, "=; ") {
		t.Errorf("they were sent as %.40q", cookie)
	}
}
