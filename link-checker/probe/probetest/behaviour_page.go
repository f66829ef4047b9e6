package probetest

import (
	"net/http"

	"github.com/linkwell/linkwell/link-checker/check"
)

// pageBehaviours say something else in the page than in the status.
var pageBehaviours = []Behaviour{
	{Case: 72, Name: "fragment", Want: finds(check.OK, 200), url: fragment("#exists")},
	{Case: 72, Name: "fragment of text", Want: finds(check.OK, 200), url: fragment("#:~:text=some%20text")},
	{Case: 72, Name: "fragment that is a route", Want: finds(check.OK, 200), url: fragment("#/route?a=b")},
	{Case: 73, Name: "200 with a page that says 404", Want: finds(check.OK, 200, check.Soft404), url: at(titled(200, "404 Not Found"))},
	{Case: 73, Name: "200 with a page that says so in Russian, in windows-1251", Want: finds(check.OK, 200, check.Soft404), url: at(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=windows-1251")
		_, _ = w.Write([]byte("<title>\xd1\xf2\xf0\xe0\xed\xe8\xf6\xe0 \xed\xe5 \xed\xe0\xe9\xe4\xe5\xed\xe0</title>")) // Страница не найдена
	})},
	{Case: 73, Name: "200 with an article about 404", Want: finds(check.OK, 200), url: func(w *Web) string {
		return w.site(titled(200, "404 Not Found - HTTP")).URL + "/docs/HTTP/Status/404"
	}},
	{Case: 73, Name: "200 with an article whose title has the words", Want: finds(check.OK, 200), url: at(titled(200, "Why your page is not found by search engines"))},
	{Case: 73, Name: "200 with a domain that is for sale", Want: finds(check.OK, 200, check.Parked), url: at(titled(200, "example.com is for sale"))},
	{Case: 73, Name: "200 with a page of a parking network", Want: finds(check.OK, 200, check.Parked), url: at(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<html data-adblockkey="MFwwDQ"><body><div id="target"></div></body></html>`))
	})},
}

// fragment is a page's address with a fragment, which no server ever sees.
func fragment(fragment string) func(*Web) string {
	return func(w *Web) string {
		return w.site(unless(http.StatusBadRequest, func(r *http.Request) bool { return r.RequestURI == "/page" })).URL + "/page" + fragment
	}
}
