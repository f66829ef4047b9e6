package pages_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// inTrash are the ids of what was deleted, the last first.
func (s *site) inTrash() (ids []string) {
	s.t.Helper()
	list, err := s.store.Trashed(s.t.Context(), "local", store.Position{}, 5_000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range list {
		ids = append(ids, l.ID)
	}
	return ids
}

func TestTheTrashShowsWhatWasDeletedAndBringsItBack(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/trash"), http.StatusOK, "The trash is empty")
	s.has(s.get("/"), http.StatusOK, `href="/trash"`)
	l := s.add("local", link.Draft{URL: "https://example.com/gone", Title: "A <b> page", Tags: []string{"old"}})
	his := s.add("bob", link.Draft{URL: "https://example.com/his"})
	if err := s.store.Trash(t.Context(), "bob", his.ID, nil); err != nil {
		t.Fatal(err)
	}
	s.post("/links/" + l.ID + "/delete")
	page := s.get("/trash")
	s.has(page, http.StatusOK, "A &lt;b&gt; page", `href="https://example.com/gone" rel="noopener noreferrer nofollow"`, "#old", "gone for good <time", time.Now().Add(store.TrashKept).UTC().Format(">on 2 January<"), `data-key="r"`)
	s.lacks(page, "his", "Restore all", "rel=\"next\"")
	s.has(s.get(s.post("/trash/restore", "one", his.ID, "back", "/trash").Header().Get("Location")), http.StatusOK, "One could not be brought back")
	s.woken = 0
	s.goes(s.post("/trash/restore", "one", l.ID, "back", "/trash"), "/trash?did=restore&failed=0&n=1")
	if s.woken != 1 || s.owned(l.ID).Title != l.Title {
		t.Errorf("it is %+v, and the dispatcher woken %d times", s.owned(l.ID), s.woken)
	}
	s.has(s.get("/trash?did=restore&failed=0&n=1"), http.StatusOK, "1 link back from the trash.", "The trash is empty")
}

func TestWhatIsChosenInTheTrashIsRestoredOrDeletedForGood(t *testing.T) {
	s := newSite(t, false)
	ids := s.saveMany(6)
	s.choose(ids, "do", "delete")
	s.goes(s.postForm("/trash/restore", url.Values{"id": ids[:2], "back": {"/trash"}}), "/trash?did=restore&failed=0&n=2")
	s.goes(s.postForm("/trash/purge", url.Values{"id": ids[1:4], "back": {"/trash?after=1.x"}}), "/trash?after=1.x&did=purge&failed=1&n=2")
	s.has(s.get("/trash?did=purge&failed=1&n=2"), http.StatusOK, "2 links deleted for good. With 1 link it could not be done.", "One other was deleted together with it.")
	s.goes(s.post("/trash/purge", "one", ids[4], "back", "//evil.example/trash"), "/?did=purge&failed=0&n=1")
	if left := s.inTrash(); !slices.Equal(left, ids[5:]) {
		t.Errorf("in the trash are %v", left)
	}
	s.has(s.postForm("/trash/purge", url.Values{"id": make([]string, 1001)}), http.StatusUnprocessableEntity, "most allowed is 1000")
	s.has(s.get(s.post("/trash/restore").Header().Get("Location")), http.StatusOK, "No link was chosen.")
}

func TestTheTrashIsSearched(t *testing.T) {
	s := newSite(t, false)
	ids := s.saveMany(130, "many")
	named := s.add("local", link.Draft{URL: "https://named.example/", Title: "Ein Bär", Tags: []string{"animals"}})
	s.post("/links/" + named.ID + "/delete")
	s.choose(ids, "do", "delete")
	for query, want := range map[string]int{"bar": 1, "BÄR animals": 1, "#animals": 1, "named.example": 1, "bär many": 0, "nothing": 0, "many": 50, "": 50} {
		page := s.get("/trash?" + url.Values{"q": {query}}.Encode())
		s.has(page, http.StatusOK, `value="`+query+`"`)
		if got := strings.Count(page.Body.String(), `class="link"`); got != want {
			t.Errorf("%q finds %d, want %d", query, got, want)
		}
	}
	seen, address := 0, "/trash?q=many"
	for range 4 {
		page := s.get(address).Body.String()
		seen += strings.Count(page, `class="link"`)
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
		if next == nil {
			break
		}
		address = html.UnescapeString(next[1])
	}
	if seen != 130 {
		t.Errorf("%d are on all pages", seen)
	}
	s.has(s.get("/trash?q=nothing"), http.StatusOK, "No deleted link is like that", `href="/trash"`)
}

// However many links one act deleted, all of them come back with one click, on whichever page of the trash they are.
func TestAllOfOneDeletionComeBackFromTheTrash(t *testing.T) {
	s := newSite(t, false)
	for i := range 120 {
		s.answered("local", fmt.Sprintf("https://dead.example/%d", i), check.Gone, nil)
	}
	other := s.add("local", link.Draft{URL: "https://other.example/"})
	s.follow("host", "dead.example", "question", "invalid", "do", "delete")
	s.post("/links/" + other.ID + "/delete")
	page := s.get("/trash")
	s.has(page, http.StatusOK, "119 others were deleted together with it.")
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page.Body.String())
	if next == nil {
		t.Fatalf("there is no next page: %s", page.Body)
	}
	page = s.get(next[1])
	s.has(page, http.StatusOK, "First page", "119 others were deleted")
	if n := strings.Count(page.Body.String(), `class="link"`); n != 50 {
		t.Errorf("%d links are on the second page", n)
	}
	act := regexp.MustCompile(`name="act" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	s.goes(s.post("/trash/restore", "act", act[1], "back", "/trash"), "/trash?did=restore&failed=0&n=120")
	if left := s.inTrash(); !slices.Equal(left, []string{other.ID}) {
		t.Errorf("in the trash are %v", left)
	}
	for _, place := range []string{"x", "1", "1.x", "-1." + other.ID, "." + other.ID} {
		s.goes(s.get("/trash?after="+place), "/trash")
	}
}

// What was saved again meanwhile stays in the trash, and its owner is told, and shown the one they have.
func TestWhatWasSavedAgainStaysInTheTrash(t *testing.T) {
	s := newSite(t, false)
	l := s.add("local", link.Draft{URL: "https://example.com/a", Tags: []string{"mine"}})
	s.post("/links/" + l.ID + "/delete")
	again := s.add("local", link.Draft{URL: "https://example.com/a"})
	s.goes(s.post("/links/"+l.ID+"/restore"), "/links/"+again.ID+"?again=1")
	s.has(s.get("/links/"+again.ID+"?again=1"), http.StatusOK, "You saved this link again", `href="/trash"`)
	s.goes(s.post("/trash/restore", "one", l.ID, "back", "/trash"), "/trash?did=restore&failed=1&n=0")
	s.has(s.get("/trash?did=restore&failed=1&n=0"), http.StatusOK, "One could not be brought back: you have saved the same again")
}
