package probe_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// countdown redirects /n to /n-1 with status, and answers /0.
func countdown(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n, _ := strconv.Atoi(r.URL.Path[1:]); n > 0 {
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), status)
		}
	}
}

func TestTwentyRedirectsAreFollowed(t *testing.T) {
	for _, n := range []int{1, 10, 11, 20} {
		site := probetest.NewSite(t, countdown(http.StatusFound))
		got := patient.Check(t.Context(), fmt.Sprintf("%s/%d", site.URL, n), true)
		expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
		if len(got.Redirects) != n || got.FinalURL != site.URL+"/0" {
			t.Errorf("%d redirects: recorded %d, ended at %s", n, len(got.Redirects), got.FinalURL)
		}
		if c := site.Connections(); c != 1 {
			t.Errorf("%d redirects: %d connections, want all hops to share one", n, c)
		}
	}
}

func TestTheTwentyFirstRedirectIsOneTooMany(t *testing.T) {
	site := probetest.NewSite(t, countdown(http.StatusMovedPermanently))
	got := patient.Check(t.Context(), site.URL+"/21", false)
	expect(t, got, answer{Reason: check.TooManyRedirects, HTTPStatus: 301, Method: "GET"})
	if len(got.Redirects) != 20 || got.FinalURL != site.URL+"/1" || got.MovedTo != "" {
		t.Errorf("recorded %d redirects, ended at %s, moved to %q", len(got.Redirects), got.FinalURL, got.MovedTo)
	}
}

func TestEveryKindOfRedirectIsFollowedWithItsMethod(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		site := probetest.NewSite(t, countdown(status))
		expect(t, patient.Check(t.Context(), site.URL+"/1", true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
		if diff := cmp.Diff([]string{"HEAD /1", "HEAD /0", "GET /1", "GET /0"}, site.Asked()); diff != "" {
			t.Errorf("%d (-want +got):\n%s", status, diff)
		}
	}
}

func TestOtherStatusesWithALocationAreAnswers(t *testing.T) {
	for _, status := range []int{200, 201, 300, 304, 305, 306} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		expect(t, patient.Check(t.Context(), site.URL, true), answer{Reason: check.OK, HTTPStatus: status, Method: "GET"})
	}
}

func TestCirclesAreFoundByWhatIsAskedNotByCounting(t *testing.T) {
	for name, c := range map[string]struct {
		next    map[string]string
		visited []string
	}{
		"itself":       {map[string]string{"/a": "/a"}, []string{"/a"}},
		"two":          {map[string]string{"/a": "/b", "/b": "/a"}, []string{"/a", "/b"}},
		"a tail first": {map[string]string{"/a": "/b", "/b": "/c", "/c": "/b"}, []string{"/a", "/b", "/c"}},
		"by fragment":  {map[string]string{"/a": "/a#1"}, []string{"/a"}},
	} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, c.next[r.URL.Path], http.StatusMovedPermanently)
		})
		got := patient.Check(t.Context(), site.URL+"/a", true)
		expect(t, got, answer{Reason: check.RedirectLoop, HTTPStatus: 301, Method: "GET"})
		var visited []string
		for _, hop := range got.Redirects {
			visited = append(visited, strings.TrimPrefix(hop.URL, site.URL))
		}
		if diff := cmp.Diff(c.visited, visited); diff != "" || got.MovedTo != "" {
			t.Errorf("%s: moved to %q, hops (-want +got):\n%s", name, got.MovedTo, diff)
		}
	}
}

func TestARedirectThatWaitsForItsCookieIsNoCircle(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "first", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "second", Value: "2"})
		if _, err := r.Cookie("second"); err != nil {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}
	})
	for range 2 { // the second check starts without the first one's cookies
		got := patient.Check(t.Context(), site.URL+"/", false)
		expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"})
		if len(got.Redirects) != 1 {
			t.Errorf("%d redirects, want 1", len(got.Redirects))
		}
	}
}

func TestCookiesThatStayTheSameDoNotHideACircle(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		for i := range 20 {
			http.SetCookie(w, &http.Cookie{Name: fmt.Sprint("c", i), Value: "same", MaxAge: 60})
		}
		http.Redirect(w, r, "/", http.StatusFound)
	})
	got := patient.Check(t.Context(), site.URL+"/", false)
	expect(t, got, answer{Reason: check.RedirectLoop, HTTPStatus: 302, Method: "GET"})
	if len(got.Redirects) != 1 {
		t.Errorf("%d redirects, want 1: GET has HEAD's cookies", len(got.Redirects))
	}
}

func TestALoginBetweenTwoSitesIsNoCircle(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"page.example": probetest.At("127.0.0.1"), "login.example": probetest.At("127.0.0.1")})
	prober := *patient
	prober.Resolver = names.Resolver()
	var port string
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := r.Cookie("session")
		switch host, _, _ := net.SplitHostPort(r.Host); {
		case host == "login.example" && err != nil:
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, "http://page.example:"+port+"/", http.StatusFound)
		case host == "login.example":
			http.Redirect(w, r, "http://page.example:"+port+"/?ticket=1", http.StatusFound)
		case r.URL.Query().Get("ticket") == "":
			http.Redirect(w, r, "http://login.example:"+port+"/", http.StatusFound)
		case err == nil:
			t.Error("login.example's cookie was sent to page.example")
		}
	})
	port = site.Port()
	got := prober.Check(t.Context(), "http://page.example:"+port+"/", false)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"})
}

func TestNoCookieIsForAWholePublicSuffix(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{"a.co.uk": probetest.At("127.0.0.1"), "b.co.uk": probetest.At("127.0.0.1")})
	prober := *patient
	prober.Resolver = names.Resolver()
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "a.") {
			http.SetCookie(w, &http.Cookie{Name: "super", Value: "1", Domain: "co.uk"})
			http.Redirect(w, r, "http://"+strings.Replace(r.Host, "a.", "b.", 1), http.StatusFound)
		} else if len(r.Cookies()) > 0 {
			t.Errorf("b.co.uk got %v", r.Cookies())
		}
	})
	got := prober.Check(t.Context(), "http://a.co.uk:"+site.Port(), false)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"})
}

func TestARedirectToNowhere(t *testing.T) {
	for location, want := range map[string]check.Reason{
		"":                              check.RedirectInvalid,
		"http://[bad":                   check.RedirectInvalid,
		"http://":                       check.RedirectInvalid,
		"http:///x":                     check.RedirectInvalid,
		"http://h:99999/":               check.RedirectInvalid,
		"/" + strings.Repeat("a", 4096): check.BadHTTP,
		"mailto:gigi@example.com":       check.RedirectBadScheme,
		"ftp://example.com/":            check.RedirectBadScheme,
		"file:///etc/passwd":            check.RedirectBadScheme,
		"javascript:alert(1)":           check.RedirectBadScheme,
		"gopher://127.0.0.1/":           check.RedirectBadScheme,
	} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
			if location != "" {
				w.Header().Set("Location", location)
			}
			w.WriteHeader(http.StatusFound)
		})
		got := patient.Check(t.Context(), site.URL+"/a", false)
		expect(t, got, answer{Reason: want, HTTPStatus: 302, Method: "GET"})
		if len(got.Redirects) != 0 || got.FinalURL != site.URL+"/a" {
			t.Errorf("%.40q: redirects %v, final URL %s", location, got.Redirects, got.FinalURL)
		}
	}
}

func TestTheFinalHopDecidesAndTheChainIsShown(t *testing.T) {
	names := probetest.NewNameServer(t, probetest.Names{})
	prober := *patient
	prober.Resolver = names.Resolver()
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/missing":
			http.Redirect(w, r, "/404", http.StatusMovedPermanently)
		case "/nowhere":
			http.Redirect(w, r, "http://nowhere.example/", http.StatusMovedPermanently)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	got := prober.Check(t.Context(), site.URL+"/missing", false)
	expect(t, got, answer{Reason: check.NotFound, HTTPStatus: 404, Method: "GET"})
	if got.MovedTo != "" {
		t.Errorf("moved to %q, where nothing is", got.MovedTo)
	}
	got = prober.Check(t.Context(), site.URL+"/nowhere", false)
	expect(t, got, answer{Reason: check.DNSNotFound, HTTPStatus: 301, Method: "HEAD"})
	want := []check.Redirect{{URL: site.URL + "/nowhere", HTTPStatus: 301}}
	if diff := cmp.Diff(want, got.Redirects); diff != "" || got.FinalURL != "http://nowhere.example/" {
		t.Errorf("final URL %s, redirects (-want +got):\n%s", got.FinalURL, diff)
	}
}

func TestALocationWithBytesThatMayNotStandThereIsSentEncoded(t *testing.T) {
	for location, want := range map[string]string{
		"/caf\xc3\xa9 x": "/caf%C3%A9%20x",
		"/caf\xe9":       "/caf%E9",
		"/b?q=a b\xe9":   "/b?q=a%20b%E9",
		"/b?q=%2526+%20": "/b?q=%2526+%20",
		"/b?q=<\">":      "/b?q=%3C%22%3E",
	} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/a" {
				w.Header()["Location"] = []string{location}
				w.WriteHeader(http.StatusFound)
			}
		})
		got := patient.Check(t.Context(), site.URL+"/a", false)
		expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"})
		if asked := site.Asked(); asked[len(asked)-1] != "HEAD "+want || got.FinalURL != site.URL+want {
			t.Errorf("%q: asked %v, final URL %s", location, asked, got.FinalURL)
		}
	}
}

func TestUserinfoNeverShowsAndIsNeverSent(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "http://gigi:canary@"+r.Host+"/b", http.StatusMovedPermanently)
		}
	})
	got := patient.Check(t.Context(), site.URL+"/a", true)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "gigi") || strings.Contains(text, "canary") {
		t.Errorf("the result holds userinfo: %s", text)
	}
	for _, r := range site.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Error("userinfo of a redirect was sent to the server")
		}
	}
	if got.FinalURL != site.URL+"/b" || got.MovedTo != site.URL+"/b" {
		t.Errorf("ended at %s, moved to %s", got.FinalURL, got.MovedTo)
	}
}

func TestRedirectsToAddressesThatAreNotPublicGetNoConnection(t *testing.T) {
	internal := probetest.NewRawOn(t, elsewhere(t), probetest.Silent)
	for _, status := range []int{301, 302, 303, 307, 308} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+internal.Address()+"/admin", status)
		})
		prober := &probe.Prober{Allow: onlyLocalhost}
		got := prober.Check(t.Context(), site.URL, true)
		expect(t, got, answer{Reason: check.BlockedAddress, HTTPStatus: status, Method: "HEAD"})
		if !slices.Equal(site.Asked(), []string{"HEAD /"}) {
			t.Errorf("%d: asked %v", status, site.Asked())
		}
	}
	if n := internal.Accepted(); n != 0 {
		t.Errorf("%d connections reached the internal server", n)
	}
}
