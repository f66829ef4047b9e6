package probetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// redirectBehaviours send visitors on.
var redirectBehaviours = []Behaviour{
	{Case: 9, Name: "redirect to itself", Want: finds(check.RedirectLoop, 302), url: at(redirect(302, "/page"))},
	{Case: 9, Name: "redirects in a circle of two", Want: finds(check.RedirectLoop, 302), url: at(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, map[string]string{"/page": "/other", "/other": "/page"}[r.URL.Path], http.StatusFound)
	})},
	{Case: 10, Name: "redirects until its second cookie is set", Want: finds(check.OK, 200), url: at(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("second"); err == nil {
			Page(w, http.StatusOK, "A page")
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "first", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "second", Value: "2"})
		http.Redirect(w, r, "/page", http.StatusFound)
	})},
	{Case: 11, Name: "10 redirects", Want: finds(check.OK, 200), url: countdown(10)},
	{Case: 11, Name: "11 redirects", Want: finds(check.OK, 200), url: countdown(11)},
	{Case: 11, Name: "20 redirects", Want: finds(check.OK, 200), url: countdown(20)},
	{Case: 12, Name: "21 redirects", Want: finds(check.TooManyRedirects, 302), url: countdown(21)},
	{Case: 13, Name: "redirect to a relative address", Want: finds(check.OK, 200), url: at(to("target", "/target"))},
	{Case: 13, Name: "redirect without a scheme", Want: finds(check.OK, 200), url: at(func(w http.ResponseWriter, r *http.Request) {
		to("//"+r.Host+"/target", "/target")(w, r)
	})},
	{Case: 13, Name: "redirect to a fragment", Want: finds(check.OK, 200), url: at(to("/target#part", "/target"))},
	{Case: 14, Name: "redirect in raw UTF-8", Want: finds(check.OK, 200), url: at(to("/caf\u00e9", "/caf%C3%A9"))},
	{Case: 14, Name: "redirect in raw Latin-1", Want: finds(check.OK, 200), url: at(to("/caf\xe9", "/caf%E9"))},
	{Case: 14, Name: "redirect with a space", Want: finds(check.OK, 200), url: at(to("/a b?c d", "/a%20b?c%20d"))},
	{Case: 15, Name: "redirect to mailto:", Want: finds(check.RedirectBadScheme, 302), url: at(redirect(302, "mailto:gigi@example.com"))},
	{Case: 15, Name: "redirect to ftp:", Want: finds(check.RedirectBadScheme, 302), url: at(redirect(302, "ftp://example.com/"))},
	{Case: 15, Name: "redirect to file:", Want: finds(check.RedirectBadScheme, 302), url: at(redirect(302, "file:///etc/passwd"))},
	{Case: 15, Name: "redirect to javascript:", Want: finds(check.RedirectBadScheme, 302), url: at(redirect(302, "javascript:alert(1)"))},
	{Case: 16, Name: "302 without Location", Want: finds(check.RedirectInvalid, 302), url: at(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) })},
	{Case: 16, Name: "302 with an empty Location", Want: finds(check.RedirectInvalid, 302), url: at(redirect(302, ""))},
	{Case: 16, Name: "302 with a Location nobody can read", Want: finds(check.RedirectInvalid, 302), url: at(redirect(302, "http://[bad"))},
	{Case: 16, Name: "302 without Location, with a page", Want: finds(check.BadHTTP, 302), url: at(respond(http.StatusFound))},
	{Case: 17, Name: "redirect to a private address", Want: finds(check.BlockedAddress, 302), url: at(redirect(302, "http://10.0.0.1/"))},
	{Case: 17, Name: "redirect to a cloud's metadata", Want: finds(check.BlockedAddress, 302), url: at(redirect(302, "http://169.254.169.254/latest/meta-data/"))},
	{Case: 18, Name: "301 to a page", Want: finds(check.OK, 200, check.MovedPermanently), url: at(permanently(301))},
	{Case: 18, Name: "308 to a page", Want: finds(check.OK, 200, check.MovedPermanently), url: at(permanently(308))},
	{Case: 19, Name: "redirect of a deep address to the front page", Want: finds(check.OK, 200, check.Soft404Redirect), url: deep("/")},
	{Case: 19, Name: "redirect to a page named 404", Want: finds(check.OK, 200, check.Soft404Redirect), url: deep("/errors/404.html")},
	{Case: 19, Name: "redirect to a page named not-found", Want: finds(check.OK, 200, check.Soft404Redirect), url: deep("/en/not-found")},
	{Case: 19, Name: "redirect of the front page to another", Want: finds(check.OK, 200), url: func(w *Web) string {
		return w.site(redirectFrom("/index.html", 302, "/")).URL + "/index.html"
	}},
	{Case: 20, Name: "redirect to a 404", Want: finds(check.NotFound, 404), url: at(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			http.Redirect(w, r, "/missing", http.StatusMovedPermanently)
			return
		}
		Page(w, http.StatusNotFound, "Not found")
	})},
	{Case: 20, Name: "redirect to a name that does not exist", NeedsNames: true, Want: finds(check.DNSNotFound, 302), url: at(redirect(302, "http://nowhere.example/"))},
	{Case: 20, Name: "redirect to a closed port", Want: finds(check.Refused, 302), url: func(w *Web) string {
		return w.site(redirect(302, "http://"+w.closed()+"/")).URL + "/page"
	}},
	{Case: 21, Name: "redirect to another site that must not see the first one's cookie", NeedsNames: true, Want: finds(check.OK, 200), url: func(w *Web) string {
		var port string
		site := w.site(func(res http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.Host, "first."):
				http.SetCookie(res, &http.Cookie{Name: "session", Value: "1"})
				http.Redirect(res, r, "http://gigi:canary@second.example:"+port+"/page", http.StatusFound)
			case len(r.Cookies()) > 0, r.Header.Get("Authorization") != "", r.Referer() != "":
				Page(res, http.StatusTeapot, "Too much was said")
			default:
				Page(res, http.StatusOK, "A page")
			}
		})
		port = site.Port()
		w.named("second.example", port, "")
		return "http://" + w.named("first.example", port, "") + "/page"
	}},
}

// redirect answers with status and exactly this Location.
func redirect(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{location}
		w.WriteHeader(status)
	}
}

// redirectFrom redirects path, and answers all else with a page.
func redirectFrom(path string, status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			redirect(status, location)(w, r)
		} else {
			Page(w, http.StatusOK, "A page")
		}
	}
}

// to redirects /page to location, and answers with a page only where uri is asked for, to the letter.
func to(location, uri string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.RequestURI {
		case "/page":
			redirect(http.StatusFound, location)(w, r)
		case uri:
			Page(w, http.StatusOK, "A page")
		default:
			Page(w, http.StatusNotFound, "Not what was asked")
		}
	}
}

func permanently(status int) http.HandlerFunc { return redirectFrom("/page", status, "/new") }

// deep is an address below the root that leads to location.
func deep(location string) func(*Web) string {
	return func(w *Web) string {
		return w.site(redirectFrom("/2019/07/article", http.StatusFound, location)).URL + "/2019/07/article"
	}
}

// countdown is an address that is n redirects away from a page.
func countdown(n int) func(*Web) string {
	return func(w *Web) string {
		site := w.site(func(w http.ResponseWriter, r *http.Request) {
			if left, _ := strconv.Atoi(r.URL.Path[1:]); left > 0 {
				http.Redirect(w, r, fmt.Sprintf("/%d", left-1), http.StatusFound)
				return
			}
			Page(w, http.StatusOK, "A page")
		})
		return fmt.Sprintf("%s/%d", site.URL, n)
	}
}
