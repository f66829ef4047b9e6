package pages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestASearchIsSavedRenamedAndDeleted(t *testing.T) {
	s := newSite(t, false)
	s.add("local", link.Draft{URL: "https://example.com/", Tags: []string{"go"}})
	s.has(s.get("/?q=%23go"), http.StatusOK, "Save this search", `name="q" value="#go"`)
	for _, path := range []string{"/", "/?q=(", "/?q=is:valid"} {
		if page := s.get(path).Body.String(); strings.Contains(page, "Save this search") {
			t.Errorf("%s can be saved", path)
		}
	}
	s.goes(s.post("/searches", "name", "Go!", "q", "#go"), "/?q=%23go")
	page := s.get("/?q=%23go")
	s.has(page, http.StatusOK, `href="/?q=%23go" aria-current="true">Go!</a>`)
	if strings.Contains(page.Body.String(), "Save this search") {
		t.Error("what is saved can be saved again")
	}
	s.has(s.post("/searches", "name", "Go!", "q", "other"), http.StatusUnprocessableEntity, "You have a search of this name already", `value="Go!"`, `value="other"`)
	s.has(s.post("/searches", "name", " ", "q", "other"), http.StatusUnprocessableEntity, "This cannot be saved: name")
	s.has(s.post("/searches", "name", "x", "q", "("), http.StatusBadRequest, "parenthesis")
	saved := s.searches("local")
	s.has(s.get("/searches"), http.StatusOK, "Go!", "<code>#go</code>", `href="/?q=%23go"`)
	s.goes(s.post("/searches/"+saved[0].ID, "name", "Gophers"), "/searches")
	s.has(s.post("/searches/"+saved[0].ID, "name", ""), http.StatusUnprocessableEntity, "This cannot be saved: name", "Gophers")
	gone := s.post("/searches/" + saved[0].ID + "/delete")
	s.goes(gone, "/searches?deleted=Gophers&q=%23go")
	s.has(s.get(gone.Header().Get("Location")), http.StatusOK, "The search Gophers is deleted.", `name="name" value="Gophers"`, `name="q" value="#go"`, "None yet")
	s.goes(s.post("/searches", "name", "Gophers", "q", "#go"), "/?q=%23go")
}

func TestANameThatIsRefusedStaysInItsField(t *testing.T) {
	s := newSite(t, false)
	for _, name := range []string{"Gophers", "Taken"} {
		if _, err := s.store.AddSearch(t.Context(), "local", name, name); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("x", 101)
	for name, problem := range map[string]string{"Taken": "You have a search of this name already", long: "This cannot be saved: name"} {
		for _, saved := range s.searches("local") {
			if saved.Name != "Gophers" {
				continue
			}
			s.has(s.post("/searches/"+saved.ID, "name", name), http.StatusUnprocessableEntity, `id="name-problem" role="alert">`+problem,
				`aria-label="Another name for Gophers" value="`+name+`" aria-invalid="true" aria-describedby="name-problem">`,
				`aria-label="Another name for Taken" value="Taken">`)
		}
	}
}

func TestAForeignSearchIsAsUnknownAsNone(t *testing.T) {
	s := newSite(t, false)
	his, err := s.store.AddSearch(t.Context(), "bob", "His", "secret")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{his.ID, "01900000-0000-7000-8000-0000000000ff", "x"} {
		s.has(s.post("/searches/"+id, "name", "Mine"), http.StatusNotFound, "There is no such search.")
		s.has(s.post("/searches/"+id+"/delete"), http.StatusNotFound, "There is no such search.")
	}
	if left := s.searches("bob"); len(left) != 1 || left[0].Name != "His" {
		t.Errorf("his are %+v", left)
	}
}

func TestAWrongSearchIsMarkedWhereItIsWrong(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/?q="+url.QueryEscape("<b> is:odd go")), http.StatusBadRequest,
		"&lt;b&gt; <mark>is:odd</mark> go</code>", `data-at="4"`, "cannot be understood where it is marked: ", `value="&lt;b&gt; is:odd go"`)
	s.has(s.get("/help"), http.StatusOK, "<kbd>x</kbd>", "<code>host:example.com</code>")
}

func (s *site) searches(owner string) []store.Search {
	s.t.Helper()
	saved, err := s.store.Searches(s.t.Context(), owner)
	if err != nil {
		s.t.Fatal(err)
	}
	return saved
}
