package probe_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestWhatFailsForAReasonThatCanBeMendedIsAskedOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		header string
		asked  []string
	}{
		"403":                              {403, "", []string{"HEAD", "GET", "GET"}},
		"403 that says when to come back":  {403, "Retry-After: 60", []string{"HEAD", "GET"}},
		"403 that Cloudflare calls a wall": {403, "Cf-Mitigated: challenge", []string{"HEAD", "GET"}},
		"400":                              {400, "", []string{"HEAD", "GET", "GET"}},
		"404, a page":                      {404, "", []string{"HEAD", "GET"}},
		"404, no page":                     {404, "Content-Type: text/plain", []string{"HEAD", "GET", "GET"}},
		"405":                              {405, "", []string{"HEAD", "GET"}},
		"406":                              {406, "", []string{"HEAD", "GET", "GET"}},
		"429":                              {429, "", []string{"HEAD", "GET"}},
		"451":                              {451, "", []string{"HEAD", "GET"}},
		"500":                              {500, "", []string{"HEAD", "GET", "GET"}},
		"502":                              {502, "", []string{"HEAD", "GET"}},
		"503":                              {503, "", []string{"HEAD", "GET", "GET"}},
		"503 that says when to come back":  {503, "Retry-After: 60", []string{"HEAD", "GET"}},
		"521":                              {521, "", []string{"HEAD", "GET"}},
		"999":                              {999, "", []string{"HEAD", "GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if name, value, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
			})
			got := patient.Check(t.Context(), site.URL, true)
			var methods []string
			for _, r := range site.Requests() {
				methods = append(methods, r.Method)
			}
			if diff := cmp.Diff(c.asked, methods); diff != "" || got.HTTPStatus != c.status {
				t.Errorf("found %d, asked (-want +got):\n%s", got.HTTPStatus, diff)
			}
		})
	}
}

func TestTheSecondIdentityIsABrowsersWhole(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "a stranger"})
		w.WriteHeader(http.StatusForbidden)
	})
	patient.Check(t.Context(), site.URL, false)
	requests := site.Requests()
	want := http.Header{
		"User-Agent":                {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
		"Accept":                    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language":           {"en-US,en;q=0.5"},
		"Accept-Encoding":           {"identity"},
		"Upgrade-Insecure-Requests": {"1"},
		"Sec-Fetch-Dest":            {"document"},
		"Sec-Fetch-Mode":            {"navigate"},
		"Sec-Fetch-Site":            {"none"},
		"Sec-Fetch-User":            {"?1"},
		"Priority":                  {"u=0, i"},
	}
	if diff := cmp.Diff(want, requests[len(requests)-1].Header); diff != "" {
		t.Errorf("the last of %v (-want +got):\n%s", site.Asked(), diff)
	}
	if n := site.Connections(); n != 2 {
		t.Errorf("%d connections, want one for each identity", n)
	}
}

// A server that may be anybody gets no cookie, and nothing of what it says is kept.
func TestALookBehindABadCertificateTakesNothingAlong(t *testing.T) {
	authority := probetest.NewAuthority(t)
	prober := *patient
	prober.RootCAs = authority.Pool()
	site := probetest.NewTLSSite(t, probetest.NewAuthority(t).Issue(t, probetest.Leaf{}), nil, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		if r.URL.Path == "/page" {
			http.Redirect(w, r, "/other", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		for chunk := []byte("<title>404 Not Found</title>" + strings.Repeat(" ", 64<<10)); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	got := prober.Check(t.Context(), site.URL+"/page", true)
	if want := []check.Note{check.UntrustedCertificate}; got.Reason != check.OKTLSWarning || !slices.Equal(got.Notes, want) {
		t.Errorf("found %s, notes %v, want %v", got.Reason, got.Notes, want)
	}
	for _, r := range site.Requests() {
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" || r.Method != http.MethodGet {
			t.Errorf("it was asked %s with %v", r.Method, r.Header)
		}
	}
	if asked := site.Asked(); !slices.Equal(asked, []string{"GET /page", "GET /other"}) {
		t.Errorf("asked %v", asked)
	}
}

func TestALookBehindABadCertificateStopsAtTheWrongHost(t *testing.T) {
	stranger := probetest.NewAuthority(t)
	other := probetest.NewTLSSite(t, stranger.Issue(t, probetest.Leaf{Names: []string{"other.example"}}), nil, respond(http.StatusOK))
	first := probetest.NewTLSSite(t, stranger.Issue(t, probetest.Leaf{}), nil, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusFound)
	})
	got := patient.Check(t.Context(), first.URL, true)
	if got.Reason != check.TLSUntrusted || got.HTTPStatus != 0 {
		t.Errorf("found %+v", got)
	}
}

func TestTheOtherSchemeIsAskedOnTheSamePort(t *testing.T) {
	plain := probetest.NewSite(t, respond(http.StatusOK))
	first := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(plain.URL, "http:", "https:", 1)+"/page", http.StatusFound)
	})
	got := patient.Check(t.Context(), first.URL, false)
	if got.Reason != check.ProtocolMismatch || got.HTTPStatus != http.StatusFound || !slices.Equal(plain.Asked(), []string{"GET /page"}) {
		t.Errorf("found %+v, asked %v", got, plain.Asked())
	}
}

// A check has one deadline, and the second look lives in what is left of it.
func TestTheSecondLookHasOnlyTheTimeThatIsLeft(t *testing.T) {
	var connections atomic.Int64
	raw := probetest.NewRaw(t, func(conn net.Conn) {
		if connections.Add(1) <= 2 {
			probetest.Reset(conn)
		} else {
			probetest.Silent(conn)
		}
	})
	prober := &probe.Prober{Timeout: brief.Timeout, Allow: probetest.Loopback}
	began := time.Now()
	got := prober.Check(t.Context(), "http://"+raw.Address(), true)
	if got.Reason != check.Reset || connections.Load() != 3 {
		t.Errorf("found %s after %d connections, want what the first look found", got.Reason, connections.Load())
	}
	if took := time.Since(began); took > prober.Timeout+time.Second {
		t.Errorf("took %v", took)
	}
}

func TestASecondLookThatGetsLessFarIsNotBelieved(t *testing.T) {
	var connections atomic.Int64
	raw := probetest.NewRaw(t, func(conn net.Conn) {
		if connections.Add(1) > 4 { // HEAD's two and GET's two; closing each time tells one hop from the next
			probetest.Silent(conn)
			return
		}
		probetest.Dialogue(func(r *http.Request) string {
			if r.URL.Path == "/page" {
				return "HTTP/1.1 302 Found\r\nLocation: /other\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
			}
			return ""
		})(conn)
	})
	got := brief.Check(t.Context(), "http://"+raw.Address()+"/page", true)
	if got.Reason != check.Reset || len(got.Redirects) != 1 || connections.Load() != 5 {
		t.Errorf("found %+v after %d connections", got, connections.Load())
	}
}

func TestWhichBodiesComplainAboutPlainHTTP(t *testing.T) {
	for _, body := range []string{
		"Client sent an HTTP request to an HTTPS server.\n",
		"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>",
		"<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>400 Bad Request</title>\n</head><body>\n<h1>Bad Request</h1>\n<p>Your browser sent a request that this server could not understand.<br />\nReason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
	} {
		plain := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(body))
		})
		patient.Check(t.Context(), plain.URL, true)
		// The second look speaks TLS, which this server does not, so that there is no third request.
		if asked := plain.Asked(); len(asked) != 2 {
			t.Errorf("%.40q: asked %v, want HEAD, GET and no browser", body, asked)
		}
	}
}
