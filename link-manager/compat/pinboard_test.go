package compat_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The requests of a client in Python that sends every argument, and wants JSON.
func TestAClientOfPinboardInPython(t *testing.T) {
	newRig(t).tell("pinboard_python.txt", []step{
		{"GET", "/v1/posts/update?format=json", ""},
		{"GET", "/v1/posts/add?url=https%3A%2F%2Fgo.dev%2Fblog&description=The+Go+Blog&extended=News&tags=Go+to%2Cwatch&shared=yes&toread=yes&dt=2014-06-14T15%3A51%3A42Z&replace=no&format=json", ""},
		{"GET", "/v1/posts/add?url=https%3A%2F%2Fgo.dev%2Fblog&description=Again&replace=no&format=json", ""},
		{"GET", "/v1/posts/get?url=https%3A%2F%2Fgo.dev%2Fblog&meta=1&format=json", ""},
		{"GET", "/v1/posts/add?url=https%3A%2F%2Fgo.dev%2Fblog&description=Go%27s+blog&extended=News&tags=go+%3Cb%3E&shared=no&toread=no&format=json", ""},
		{"GET", "/v1/posts/update?format=json", ""},
		{"GET", "/v1/posts/add?url=https%3A%2F%2Fgo.dev%2Ftour&description=Tour&tags=go&format=json", ""},
		{"GET", "/v1/posts/recent?count=1&format=json", ""},
		{"GET", "/v1/posts/all?meta=1&format=json", ""},
		{"GET", "/v1/posts/all?fromdt=2015-01-01T00%3A00%3A00Z&format=json", ""},
		{"GET", "/v1/posts/all?todt=2015-01-01T00%3A00%3A00Z&format=json", ""},
		{"GET", "/v1/posts/all?start=1&results=1&format=json", ""},
		{"GET", "/v1/posts/get?dt=2014-06-14&format=json", ""},
		{"GET", "/v1/posts/get?format=json", ""},
		{"GET", "/v1/posts/get?url=https%3A%2F%2Fgo.dev%2Fnowhere&format=json", ""},
		{"GET", "/v1/posts/dates?tag=go&format=json", ""},
		{"GET", "/v1/posts/suggest?url=https%3A%2F%2Fgo.dev%2Fplay&format=json", ""},
		{"GET", "/v1/tags/get?format=json", ""},
		{"GET", "/v1/tags/rename?old=go&new=golang&format=json", ""},
		{"GET", "/v1/tags/rename?old=go&new=golang&format=json", ""},
		{"GET", "/v1/tags/delete?tag=golang&format=json", ""},
		{"GET", "/v1/posts/delete?url=https%3A%2F%2Fgo.dev%2Fblog&format=json", ""},
		{"GET", "/v1/posts/delete?url=https%3A%2F%2Fgo.dev%2Fblog&format=json", ""},
		{"GET", "/v1/user/api_token?format=json", ""},
		{"GET", "/v1/notes/list?format=json", ""},
	}, asPinboard)
}

// The requests of a client that was made for delicious, and reads XML.
func TestAClientOfPinboardThatReadsXML(t *testing.T) {
	newRig(t).tell("pinboard_xml.txt", []step{
		{"GET", "/v1/posts/add?url=https://go.dev/%3Fa=1%26b=2&description=%22Go%22+%3C%26%3E&extended=one%0Atwo&tags=go+tools&toread=yes", ""},
		{"GET", "/v1/posts/get?url=https://go.dev/%3Fa=1%26b=2", ""},
		{"GET", "/v1/posts/recent?tag=go", ""},
		{"GET", "/v1/posts/recent?tag=none", ""},
		{"GET", "/v1/posts/all?tag=go+tools", ""},
		{"GET", "/v1/posts/dates", ""},
		{"GET", "/v1/posts/suggest?url=https://go.dev/", ""},
		{"GET", "/v1/posts/update", ""},
		{"GET", "/v1/tags/get", ""},
		{"GET", "/v1/tags/rename?old=tools&new=go", ""},
		{"GET", "/v1/tags/delete?tag=go", ""},
		{"GET", "/v1/posts/delete?url=https://go.dev/%3Fa=1%26b=2", ""},
		{"GET", "/v1/user/api_token", ""},
		{"GET", "/v1/notes/list", ""},
	}, asPinboard)
}

func TestWhatIsWrongIsSaidAsPinboardSaysIt(t *testing.T) {
	r := newRig(t)
	r.tell("pinboard_wrong.txt", []step{
		{"GET", "/v1/posts/add?description=no+url", ""},
		{"GET", "/v1/posts/add?url=https://example.com/", ""},
		{"GET", "/v1/posts/add?url=ftp://example.com&description=a&format=json", ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&extended=" + strings.Repeat("a", 20_001), ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&toread=perhaps", ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&replace=perhaps", ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&shared=perhaps", ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&dt=yesterday", ""},
		{"GET", "/v1/posts/add?url=https://example.com&description=a&tags=" + strings.Repeat("a", 101), ""},
		{"GET", "/v1/posts/get?dt=yesterday", ""},
		{"GET", "/v1/posts/recent?count=-1&format=json", ""},
		{"GET", "/v1/posts/all?tag=a+b+c+d", ""},
		{"GET", "/v1/posts/all?start=x", ""},
		{"GET", "/v1/posts/suggest?url=nothing", ""},
		{"GET", "/v1/posts/delete", ""},
		{"GET", "/v1/tags/delete", ""},
		{"GET", "/v1/tags/rename?old=a", ""},
		{"GET", "/v1/user/secret", ""},
		{"GET", "/v1/posts/all?tag=%zz", ""},
		{"PUT", "/v1/posts/add", ""},
	}, asPinboard)
	if n := len(r.links(r.ann)); n != 0 {
		t.Errorf("%d links are saved", n)
	}
}

// However many there are, each is answered once, also where many were saved in the same moment.
func TestAllPostsAreAnswered(t *testing.T) {
	r := newRig(t)
	const links = 1_203
	for i := range links {
		r.add(r.ann, fmt.Sprintf("https://example.com/%d", i))
	}
	for _, form := range []string{"json", "xml"} {
		for _, more := range []string{"", "&start=3", "&results=700", "&start=1200&results=700"} {
			target, _ := asPinboard("/v1/posts/all?format="+form+more, r.mayAll(r.ann))
			got := map[string]bool{}
			for _, href := range hrefs(t, form, r.do("GET", target, "").Body.Bytes()) {
				got[href] = true
			}
			if want := map[string]int{"": links, "&start=3": links - 3, "&results=700": 700, "&start=1200&results=700": 3}[more]; len(got) != want {
				t.Errorf("%s%s: %d posts, want %d", form, more, len(got), want)
			}
		}
	}
}

// hrefs are what posts are of.
func hrefs(t *testing.T, form string, body []byte) (all []string) {
	t.Helper()
	type post struct {
		Href string `json:"href" xml:"href,attr"`
	}
	var document struct {
		Posts []post `xml:"post"`
	}
	var err error
	if form == "json" {
		err = json.Unmarshal(body, &document.Posts)
	} else {
		err = xml.Unmarshal(body, &document)
	}
	if err != nil {
		t.Fatalf("%.200s: %v", body, err)
	}
	for _, p := range document.Posts {
		all = append(all, p.Href)
	}
	return all
}

func TestAPostIsSentAsAFormToo(t *testing.T) {
	r := newRig(t)
	target, _ := asPinboard("/v1/posts/add", r.mayAll(r.ann))
	a := r.do("POST", target, "url=https%3A%2F%2Fexample.com%2F&description=A&tags=b", "Content-Type", "application/x-www-form-urlencoded")
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `code="done"`) || len(r.links(r.ann)) != 1 {
		t.Errorf("is answered %d %s", a.Code, a.Body)
	}
}

// Who sends back what it was told changes nothing, although times are told in whole seconds.
func TestAPostThatComesBackAsItWasChangesNothing(t *testing.T) {
	r := newRig(t)
	l := r.add(r.ann, "https://example.com/", "a")
	r.clock = r.clock.Add(time.Hour)
	target, _ := asPinboard("/v1/posts/add?url=https://example.com/&description=A&tags=a&dt="+l.CreatedAt.Format("2006-01-02T15:04:05Z"), r.mayAll(r.ann))
	for range 2 {
		r.do("GET", target, "")
	}
	if got := r.links(r.ann)[0]; !got.CreatedAt.Equal(l.CreatedAt) || got.Revision != 1 {
		t.Errorf("it is %+v", got)
	}
	r.do("GET", strings.Replace(target, "dt=2026", "dt=2099", 1), "")
	if got := r.links(r.ann)[0]; !got.CreatedAt.Equal(l.CreatedAt) {
		t.Errorf("with a time to come it is of %v", got.CreatedAt)
	}
}
