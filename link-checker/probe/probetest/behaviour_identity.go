package probetest

import (
	"net/http"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// identityBehaviours look at who asks, and are alive all the same.
var identityBehaviours = []Behaviour{
	{Case: 28, Name: "403 that Cloudflare marks as a challenge", Want: finds(check.BotWall, 403), url: at(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cf-Mitigated", "challenge")
		Page(w, http.StatusForbidden, "Forbidden")
	})},
	{Case: 29, Name: "status 999", Want: finds(check.BotWall, 999), url: at(respond(999))},
	{Case: 29, Name: "status 441", Want: finds(check.BotWall, 441), url: at(respond(441))},
	{Case: 29, Name: "200 with a page that tests for browsers", Want: finds(check.BotWall, 200, check.ChallengePage), url: at(titled(200, "Just a moment...</title><script>window._cf_chl_opt={}</script><title>"))},
	{Case: 29, Name: "200 with a page that only sounds so", Want: finds(check.OK, 200), url: at(titled(200, "Human verification"))},
	{Case: 29, Name: "403 with a page that tests for browsers", Want: finds(check.BotWall, 403, check.ChallengePage), url: at(titled(403, "Attention Required! | Cloudflare"))},
	{Case: 29, Name: "503 with a page that tests for browsers", Want: finds(check.BotWall, 503, check.ChallengePage), url: at(titled(503, "Just a moment..."))},
	{Case: 32, Name: "404 unless HTML is accepted", Want: finds(check.OK, 200), url: at(unless(http.StatusNotFound, func(r *http.Request) bool {
		return strings.Contains(r.Header.Get("Accept"), "text/html")
	}))},
	{Case: 33, Name: "403 unless the name has Mozilla in it", Want: finds(check.OK, 200), url: at(unless(http.StatusForbidden, func(r *http.Request) bool {
		return strings.Contains(r.UserAgent(), "Mozilla")
	}))},
	{Case: 33, Name: "500 without a name", Want: finds(check.OK, 200), url: at(unless(http.StatusInternalServerError, func(r *http.Request) bool {
		return r.UserAgent() != ""
	}))},
	{Case: 33, Name: "403 if the name has link, bot or crawl in it", Want: finds(check.OK, 200), url: at(unless(http.StatusForbidden, func(r *http.Request) bool {
		name := strings.ToLower(r.UserAgent())
		return !strings.Contains(name, "link") && !strings.Contains(name, "bot") && !strings.Contains(name, "crawl")
	}))},
	{Case: 33, Name: "403 unless it is a browser", Want: finds(check.OK, 200), url: at(unless(http.StatusForbidden, isBrowser))},
	{Case: 33, Name: "406 unless it is a browser", Want: finds(check.OK, 200), url: at(unless(http.StatusNotAcceptable, isBrowser))},
	{Case: 33, Name: "500 unless it is a browser", Want: finds(check.OK, 200), url: at(unless(http.StatusInternalServerError, isBrowser))},
	{Case: 33, Name: "503 unless it is a browser", Want: finds(check.OK, 200), url: at(unless(http.StatusServiceUnavailable, isBrowser))},
	{Case: 33, Name: "404 that is no page unless it is a browser", Want: finds(check.OK, 200), url: at(func(w http.ResponseWriter, r *http.Request) {
		if isBrowser(r) {
			Page(w, http.StatusOK, "A page")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":"not found"}`))
	})},
	{Case: 33, Name: "403, and 404 to browsers", Want: finds(check.Forbidden, 403), url: at(func(w http.ResponseWriter, r *http.Request) {
		if isBrowser(r) {
			Page(w, http.StatusNotFound, "Not found")
			return
		}
		Page(w, http.StatusForbidden, "Forbidden")
	})},
	{Case: 34, Name: "416 if a range is asked for", Want: finds(check.OK, 200), url: at(unless(http.StatusRequestedRangeNotSatisfiable, func(r *http.Request) bool {
		return r.Header.Get("Range") == ""
	}))},
}

// titled answers with a page of this title.
func titled(status int, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { Page(w, status, title) }
}

// unless answers with status, unless the request is welcome.
func unless(status int, welcome func(*http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if welcome(r) {
			Page(w, http.StatusOK, "A page")
		} else {
			Page(w, status, "Not for you")
		}
	}
}

// isBrowser reports whether the request has everything that a browser sends when a page is opened.
func isBrowser(r *http.Request) bool {
	for _, header := range []string{"Accept", "Accept-Language", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Upgrade-Insecure-Requests"} {
		if r.Header.Get(header) == "" {
			return false
		}
	}
	return strings.Contains(r.UserAgent(), "Gecko/") && r.Method == http.MethodGet
}
