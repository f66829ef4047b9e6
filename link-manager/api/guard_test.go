package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
)

func TestGuard(t *testing.T) {
	for name, test := range map[string]struct {
		localOnly    bool
		method, host string
		origin, site string
		status       int
	}{
		"this machine by name":                  {true, "GET", "localhost:8090", "", "", 200},
		"this machine by name in capitals":      {true, "GET", "LOCALHOST", "", "", 200},
		"this machine by address":               {true, "POST", "127.0.0.1:8090", "", "", 200},
		"this machine by another address of it": {true, "GET", "127.8.9.1", "", "", 200},
		"this machine by IPv6":                  {true, "GET", "[::1]:8090", "", "", 200},
		"a name that was rebound to us":         {true, "GET", "evil.example:8090", "", "", 421},
		"a name that only begins like ours":     {true, "GET", "localhost.evil.example", "", "", 421},
		"an address of the network":             {true, "GET", "192.168.1.5:8090", "", "", 421},
		"no host":                               {true, "GET", "", "", "", 421},
		"another name where that is meant":      {false, "GET", "links.example", "", "", 200},
		"another site's form":                   {true, "POST", "localhost:8090", "https://evil.example", "", 403},
		"another site's script":                 {true, "DELETE", "localhost:8090", "", "cross-site", 403},
		"another port's page":                   {true, "POST", "localhost:8090", "http://localhost:3000", "", 403},
		"another site's form beyond loopback":   {false, "POST", "links.example", "https://evil.example", "", 403},
		"our own page":                          {true, "POST", "localhost:8090", "http://localhost:8090", "same-origin", 200},
		"a program, which has no origin":        {true, "POST", "localhost:8090", "", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequestWithContext(t.Context(), test.method, "/v1/links", nil)
			req.Host = test.host
			if test.origin != "" {
				req.Header.Set("Origin", test.origin)
			}
			if test.site != "" {
				req.Header.Set("Sec-Fetch-Site", test.site)
			}
			recorder := httptest.NewRecorder()
			reached := false
			api.Guard(test.localOnly)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })).ServeHTTP(recorder, req)
			if recorder.Code != test.status || reached != (test.status == 200) {
				t.Errorf("answer is %d %s, reached: %v; want %d", recorder.Code, recorder.Body, reached, test.status)
			}
		})
	}
}

func TestHealthIsNotGuarded(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Guard = api.Guard(true) })
	// httptest's requests are for example.com, as a cluster's probes are for a pod's address.
	r.do("GET", "/healthz", "").is(http.StatusOK, nil)
	r.do("GET", "/v1/links", "").problem(http.StatusMisdirectedRequest, "--insecure")
}
