package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// choose sends the form of a list with some of its links chosen.
func (s *site) choose(ids []string, fields ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	form := url.Values{"id": ids}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.postForm("/bulk", form)
}

// saveMany saves links, and returns their ids, the newest last.
func (s *site) saveMany(n int, tags ...string) (ids []string) {
	s.t.Helper()
	for i := range n {
		ids = append(ids, s.add("local", link.Draft{URL: fmt.Sprintf("https://example.com/%d", i), Tags: tags}).ID)
	}
	return ids
}

// found are how many of the owner's links the query finds.
func (s *site) found(query string) int {
	s.t.Helper()
	return strings.Count(s.get("/?q="+url.QueryEscape(query)).Body.String(), `class="link"`)
}

func TestChosenLinksAreTaggedCheckedAndDeleted(t *testing.T) {
	s := newSite(t, false)
	ids := s.saveMany(5, "old")
	s.goes(s.choose(ids[:2], "do", "tag", "tag", "#new, better", "back", "/?q=old"), "/?did=tag&failed=0&n=2&q=old")
	if got := s.owned(ids[0]).Tags; strings.Join(got, " ") != "better new old" || s.found("#new") != 2 {
		t.Errorf("the tags are %v, and %d links have the new one", got, s.found("#new"))
	}
	s.has(s.get("/?did=tag&failed=0&n=2&q=old"), http.StatusOK, "2 links changed.")
	s.goes(s.choose(ids, "do", "untag", "tag", "old"), "/?did=tag&failed=0&n=5")
	if n := s.found("#old"); n != 0 {
		t.Errorf("%d still have the old tag", n)
	}
	s.woken = 0
	s.goes(s.choose(ids[:1], "do", "check"), "/?did=check&failed=0&n=1")
	if s.woken != 1 {
		t.Errorf("the dispatcher is woken %d times", s.woken)
	}
	gone := s.choose(append(ids[:2:2], "none", ids[0]), "do", "delete")
	page := s.get(gone.Header().Get("Location"))
	s.has(page, http.StatusOK, "2 links in the trash for 30 days. With 1 link it could not be done.", `action="/trash/restore"`)
	s.goes(s.post("/trash/restore", s.undoes(page)...), "/?did=restore&failed=0&n=2")
	if n := s.found(""); n != 5 {
		t.Errorf("there are %d again, want 5", n)
	}
}

func TestAnActionThatMakesNoSenseDoesNothing(t *testing.T) {
	s := newSite(t, false)
	ids := s.saveMany(2)
	s.has(s.choose(ids, "do", "tag", "tag", " #, "), http.StatusUnprocessableEntity, "tag")
	s.has(s.choose(ids, "do", "burn"), http.StatusUnprocessableEntity, "tag, untag, check and delete")
	s.has(s.choose(nil, "do", "delete", "all", "1", "q", "("), http.StatusUnprocessableEntity, "parenthesis")
	s.has(s.choose(make([]string, 1001), "do", "delete"), http.StatusUnprocessableEntity, "most allowed is 1000")
	none := s.choose(nil, "do", "delete")
	s.has(s.get(none.Header().Get("Location")), http.StatusOK, "No link was chosen.")
	s.goes(s.get("/bulk?q=("), "/?q=%28")
	if n := s.found(""); n != 2 {
		t.Errorf("%d are left", n)
	}
}

// A tag that no link can have is told before anything is done, on the page that it was typed on.
func TestATagThatIsRefusedSaysWhy(t *testing.T) {
	s := newSite(t, false)
	ids, long := s.saveMany(3, "old"), strings.Repeat("x", 300)
	const problem = `id="bulk-problem" role="alert">This cannot be done: tags: `
	for _, do := range []string{"tag", "untag"} {
		answer := s.choose(ids[:2], "do", do, "tag", "fine "+long, "back", "/?q=%23old")
		s.has(answer, http.StatusUnprocessableEntity, problem+"it has 300 characters; the most allowed is 100", `value="fine `+long+`" aria-invalid="true"`, `name="q" type="search"`, `value="#old"`)
		for i, id := range ids {
			box := regexp.MustCompile(`name="id" value="` + id + `"[^>]*>`).FindString(answer.Body.String())
			if chosen := strings.HasSuffix(box, " checked>"); box == "" || chosen != (i < 2) {
				t.Errorf("link %d is chosen: %t, in %q", i, chosen, box)
			}
		}
		s.has(s.choose(nil, "do", do, "tag", long, "all", "1", "q", "#old"), http.StatusUnprocessableEntity, "Your search finds 3 links", "With all of them", problem, `value="`+long+`"`)
	}
	if got := s.owned(ids[0]).Tags; strings.Join(got, " ") != "old" {
		t.Errorf("the tags are %v", got)
	}
}

func TestAllThatMatchAreShownBeforeAnythingIsDoneWithThem(t *testing.T) {
	s := newSite(t, false)
	s.saveMany(70, "many")
	other := s.add("local", link.Draft{URL: "https://other.example/"})
	his := s.add("bob", link.Draft{URL: "https://example.com/his", Tags: []string{"many"}})
	s.has(s.get("/?q=%23many"), http.StatusOK, `href="/bulk?q=%23many"`)
	s.has(s.get("/bulk?q=%23many"), http.StatusOK, "Your search finds 70 links", "and 60 more", "With all of them", `name="q" value="#many"`)
	s.has(s.get("/bulk?q=nothing"), http.StatusOK, "Your search finds 0 links")
	s.has(s.get("/bulk?q="), http.StatusOK, "You have 71 links")
	done := s.choose(nil, "do", "delete", "all", "1", "q", "#many", "back", "/?q=%23many")
	page := s.get(done.Header().Get("Location"))
	s.has(page, http.StatusOK, "70 links in the trash for 30 days.", `value="#many"`)
	if n := s.found(""); n != 1 || s.owned(other.ID).ID == "" {
		t.Errorf("%d are left", n)
	}
	if _, err := s.store.Get(t.Context(), "bob", his.ID); err != nil {
		t.Error(err)
	}
	s.goes(s.post("/trash/restore", s.undoes(page)...), "/?did=restore&failed=0&n=70")
	if left, err := s.store.List(t.Context(), "local", store.Filter{Limit: 100}); err != nil || len(left) != 71 {
		t.Errorf("there are %d again: %v", len(left), err)
	}
}

// undoes are the fields of the form that takes back what the page says was done.
func (s *site) undoes(page *httptest.ResponseRecorder) []string {
	s.t.Helper()
	return hiddenFields(s.t, page.Body.String(), `name="act"`)
}

// Taking a deletion back brings back what it deleted, and nothing that was deleted elsewhere meanwhile.
func TestUndoingADeletionBringsBackNoOtherLinks(t *testing.T) {
	s := newSite(t, false)
	ids := s.saveMany(4)
	first := s.get(s.choose(ids[:2], "do", "delete").Header().Get("Location"))
	s.choose(ids[2:3], "do", "delete")
	s.post("/links/" + ids[3] + "/delete")
	s.goes(s.post("/trash/restore", s.undoes(first)...), "/?did=restore&failed=0&n=2")
	for i, id := range ids {
		if _, err := s.store.Get(t.Context(), "local", id); (err == nil) != (i < 2) {
			t.Errorf("link %d: %v", i, err)
		}
	}
}

// Whoever leaves while many links are being deleted leaves no half of them, and finds the rest in the trash.
func TestAnActionOnManyIsNotHalfDoneBecauseSomebodyLeft(t *testing.T) {
	s := newSite(t, false)
	s.saveMany(60)
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/bulk", strings.NewReader("do=delete&all=1&q="))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ended := make(chan bool)
	go func() { s.ask(r); close(ended) }()
	for len(s.inTrash()) == 0 {
		runtime.Gosched()
	}
	leave()
	<-ended
	if n := len(s.inTrash()); n != 60 {
		t.Errorf("%d are deleted", n)
	}
}

// However many links somebody changes at once, others need not wait for the last of them.
func TestAnActionOnManyLetsOthersWrite(t *testing.T) {
	s := newSite(t, false)
	s.saveMany(300)
	ended := make(chan *httptest.ResponseRecorder, 1)
	go func() { ended <- s.choose(nil, "do", "tag", "tag", "many", "all", "1", "q", "") }()
	for n := 0; ; n++ {
		select {
		case answer := <-ended:
			if s.goes(answer, "/?did=tag&failed=0&n=300"); n < 10 {
				t.Errorf("bob could save %d links meanwhile", n)
			}
			return
		default:
			s.add("bob", link.Draft{URL: fmt.Sprintf("https://example.com/%d", n)})
		}
	}
}
