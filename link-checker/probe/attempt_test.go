package probe_test

import (
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// byMethod answers HEAD and GET with pages of these statuses.
func byMethod(head, get int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			probetest.Page(w, head, "A page")
		} else {
			probetest.Page(w, get, "A page")
		}
	}
}

func TestGETDecidesWhereHEADDoesNotSettleIt(t *testing.T) {
	const once, twice = 1, 2
	for name, c := range map[string]struct {
		head, get int
		confirm   bool
		want      answer
		requests  int
	}{
		"HEAD 200 settles it":                        {200, 404, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "HEAD"}, once},
		"HEAD 204 settles it":                        {204, 404, false, answer{Reason: check.OK, HTTPStatus: 204, Method: "HEAD"}, once},
		"HEAD 200, confirmed":                        {200, 200, true, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 200, GET 404":                          {200, 404, true, answer{Reason: check.NotFound, HTTPStatus: 404, Method: "GET"}, twice},
		"HEAD 304 is no 2xx":                         {304, 404, false, answer{Reason: check.NotFound, HTTPStatus: 404, Method: "GET"}, twice},
		"HEAD 405, GET 200":                          {405, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 403, GET 200":                          {403, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 401, GET 200":                          {401, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 404, GET 200":                          {404, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 500, GET 200":                          {500, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 501, GET 200":                          {501, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 503, GET 200":                          {503, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"all fail: GET's status counts":              {405, 502, false, answer{Reason: check.ServerError, HTTPStatus: 502, Method: "GET"}, twice},
		"HEAD 410, GET 200":                          {410, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 410, GET 410":                          {410, 410, false, answer{Reason: check.Gone, HTTPStatus: 410, Method: "GET"}, twice},
		"HEAD 429 does not say when to come back":    {429, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
		"HEAD 408 is rate limited, but GET may work": {408, 200, false, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"}, twice},
	} {
		t.Run(name, func(t *testing.T) {
			site := probetest.NewSite(t, byMethod(c.head, c.get))
			expect(t, patient.Check(t.Context(), site.URL, c.confirm), c.want)
			if asked := site.Asked(); len(asked) != c.requests {
				t.Errorf("asked %v, want %d requests", asked, c.requests)
			}
			if n := site.Connections(); n != 1 {
				t.Errorf("%d connections, want HEAD and GET to share one", n)
			}
		})
	}
}

func TestHEADAndGETShareAnHTTP2Connection(t *testing.T) {
	authority := probetest.NewAuthority(t)
	site := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{}), nil, byMethod(405, 200))
	prober := *patient
	prober.RootCAs = authority.Pool()
	expect(t, prober.Check(t.Context(), site.URL, true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
	if requests := site.Requests(); len(requests) != 2 || requests[1].ProtoMajor != 2 {
		t.Errorf("got %d requests, want two over HTTP/2", len(requests))
	}
	if n := site.Connections(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestA429ThatSaysWhenIsNotAskedAgain(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	got := patient.Check(t.Context(), site.URL, true)
	expect(t, got, answer{Reason: check.RateLimited, HTTPStatus: 429, Method: "HEAD"})
	if got.RetryAfterSeconds != 120 || len(site.Asked()) != 1 {
		t.Errorf("retry after %d s, asked %v", got.RetryAfterSeconds, site.Asked())
	}
}

func TestOnlyA429IsBelievedAboutWhenToComeBack(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		byMethod(http.StatusRequestTimeout, http.StatusOK)(w, r)
	})
	expect(t, patient.Check(t.Context(), site.URL, false), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}

func TestHEADThatRedirectsForEverLeavesGETTheWord(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}
	})
	got := patient.Check(t.Context(), site.URL, false)
	expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
	if len(got.Redirects) != 0 {
		t.Errorf("HEAD's redirects are in GET's result: %v", got.Redirects)
	}
}

// scripted serves what answer returns for HEAD and GET; n counts the requests on one connection from 1.
func scripted(t *testing.T, answer func(method string, n int) string) *probetest.Raw {
	return probetest.NewRaw(t, func(conn net.Conn) {
		n := 0
		probetest.Dialogue(func(r *http.Request) string {
			n++
			return answer(r.Method, n)
		})(conn)
	})
}

const page = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"

func TestAServerThatSpoilsHEADsConnectionIsAskedOverAFreshOne(t *testing.T) {
	for name, script := range map[string]func(method string, n int) string{
		"HEAD is hung up on": func(method string, _ int) string {
			if method == http.MethodHead {
				return ""
			}
			return page
		},
		"HEAD is answered with a body": func(method string, _ int) string {
			if method == http.MethodHead {
				return "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found"
			}
			return page
		},
		"the second request on a connection is hung up on": func(method string, n int) string {
			switch {
			case n > 1:
				return ""
			case method == http.MethodHead:
				return "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
			}
			return page
		},
		"the second request on a connection gets half an answer": func(method string, n int) string {
			switch {
			case n > 1:
				return "nonsense\r\n\r\n"
			case method == http.MethodHead:
				return "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
			}
			return page
		},
	} {
		t.Run(name, func(t *testing.T) {
			raw := scripted(t, script)
			got := patient.Check(t.Context(), "http://"+raw.Address(), false)
			expect(t, got, answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
			if n := raw.Accepted(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
			if diff := cmp.Diff([]check.Note(nil), got.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnHTTP2ConnectionThatHEADSpoiledIsNotUsedAgain(t *testing.T) {
	var headed sync.Map
	authority := probetest.NewAuthority(t)
	site := probetest.NewTLSSite(t, authority.Issue(t, probetest.Leaf{}), nil, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			headed.Store(r.RemoteAddr, true)
			w.WriteHeader(http.StatusMethodNotAllowed)
		} else if _, spoiled := headed.Load(r.RemoteAddr); spoiled {
			panic(http.ErrAbortHandler)
		}
	})
	prober := *patient
	prober.RootCAs = authority.Pool()
	expect(t, prober.Check(t.Context(), site.URL, false), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}
