package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
)

func TestAURLIsLookedUpBeforeItIsSaved(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	weaker := r.add(`{"url":"http://www.example.com/a/"}`)
	for asked, test := range map[string]struct{ link, similar string }{
		"?url=" + url.QueryEscape("HTTPS://EXAMPLE.com/a#x"):            {link: l.ID},
		"?similar=true&url=" + url.QueryEscape("https://example.com/a"): {link: l.ID, similar: weaker.ID},
		"?url=" + url.QueryEscape("https://example.com/b"):              {},
	} {
		var got api.Lookup
		r.do("GET", "/v1/links/lookup"+asked, "").is(http.StatusOK, &got)
		if (got.Link == nil) != (test.link == "") || got.Link != nil && got.Link.ID != test.link {
			t.Errorf("%s: link is %+v", asked, got.Link)
		}
		if len(got.Similar) > 0 != (test.similar != "") || test.similar != "" && got.Similar[0].ID != test.similar {
			t.Errorf("%s: similar is %+v", asked, got.Similar)
		}
	}
	r.do("GET", "/v1/links/lookup?url=nonsense", "").problem(http.StatusBadRequest, "query.url")
	r.do("GET", "/v1/links/lookup", "").problem(http.StatusBadRequest, "query.url")
}
