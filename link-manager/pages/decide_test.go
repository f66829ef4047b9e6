package pages_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// answered saves a link for the owner, and has it checked with this result; what else is due is well.
func (s *site) answered(owner, address string, reason check.Reason, more func(*check.Result)) link.Link {
	s.t.Helper()
	l := s.add(owner, link.Draft{URL: address})
	claimed, err := s.store.Claim(s.t.Context(), store.ClaimRequest{Lane: store.LaneAdded, Limit: 100, Lease: time.Minute})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range claimed.Claims {
		checked := event.Checked{CheckID: c.CheckID, Result: check.Result{URL: c.URL, HTTPStatus: 299, Method: "HEAD", DurationMS: 12}}
		checked.Decide(check.OK)
		if c.URL == address {
			checked.Decide(reason)
			if more != nil {
				more(&checked.Result)
			}
		}
		if outcome, err := s.store.Apply(s.t.Context(), checked, nil); err != nil || outcome != store.Applied {
			s.t.Fatalf("the answer was %s: %v", outcome, err)
		}
	}
	return l
}

func movesTo(address string) func(*check.Result) {
	return func(r *check.Result) { r.MovedTo = address }
}

// lacksText fails the test if the text holds one of the texts.
func (s *site) lacksText(text string, not ...string) {
	s.t.Helper()
	for _, n := range not {
		if strings.Contains(text, n) {
			s.t.Errorf("%q is in %s", n, text)
		}
	}
}

// follow sends a decision, and returns the page that it leads to.
func (s *site) follow(fields ...string) (page, address string) {
	s.t.Helper()
	answer := s.post("/decide", fields...)
	address = answer.Header().Get("Location")
	if answer.Code != http.StatusSeeOther || !strings.HasPrefix(address, "/decide?") {
		s.t.Fatalf("answered %d to %q: %s", answer.Code, address, answer.Body)
	}
	shown := s.get(address)
	s.has(shown, http.StatusOK)
	return shown.Body.String(), address
}

// undo takes back what a page says was just done.
func (s *site) undo(page string) {
	s.t.Helper()
	_, rest, found := strings.Cut(page, `action="/decide/undo`)
	path, _, _ := strings.Cut(rest, `"`)
	if !found {
		s.t.Fatalf("nothing can be taken back in %s", page)
	}
	answer := s.post("/decide/undo" + strings.ReplaceAll(path, "&amp;", "&"))
	s.has(s.get(answer.Header().Get("Location")), http.StatusOK, `class="notice"`)
}

func TestWhatNeedsADecisionIsAsked(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/decide"), http.StatusOK, "Nothing waits for you", `aria-current="page">Decide</a>`)
	s.answered("local", "https://fine.example/", check.OK, nil)
	s.answered("local", "https://dead.example/1", check.Gone, nil)
	s.answered("local", "https://moved.example/1", check.OK, movesTo("https://new.example/1"))
	s.answered("local", "https://odd.example/1", check.OK, func(r *check.Result) { r.Note(check.Parked) })
	s.answered("bob", "https://bobs.example/", check.Gone, nil)
	page := s.get("/decide")
	s.has(page, http.StatusOK, "No longer there", "https://dead.example/1", "removed for good (410)", "Moved for good", `href="https://new.example/1" rel="noopener noreferrer nofollow"`,
		"Use the new address", "Perhaps not what you saved", "parked or for sale", "https://web.archive.org/web/", `<span class="count">3<span class="sr"> waiting</span>`)
	s.lacksText(page.Body.String(), "fine.example", "bobs.example", "Nothing waits")
	s.has(s.get("/"), http.StatusOK, `<span class="count">3<span class="sr"> waiting</span>`)
	s.has(s.get("/decide/waiting"), http.StatusOK, `<a class="waits" href="/decide">Decide`)
	only := s.get("/decide?topic=moved")
	s.has(only, http.StatusOK, "Moved for good", "All that needs a decision")
	s.lacksText(only.Body.String(), "No longer there")
}

func TestADecisionAboutALinkIsOneClick(t *testing.T) {
	s := newSite(t, false)
	for do, says := range map[string]string{
		"keep": "The link stays as it is.", "fine": "The link counts as fine.", "mute": "The link is not checked any more.", "delete": "The link is in the trash",
	} {
		l := s.answered("local", "https://dead.example/"+do, check.Gone, nil)
		page, _ := s.follow("link", l.ID, "question", "invalid", "topic", "invalid", "do", do)
		for _, text := range []string{says, "Nothing waits for you"} {
			if !strings.Contains(page, text) {
				t.Errorf("after %s %q is missing in %s", do, text, page)
			}
		}
		if do == "keep" || do == "delete" {
			s.undo(page)
			s.has(s.get("/decide"), http.StatusOK, "https://dead.example/"+do)
			s.follow("link", l.ID, "do", do)
		}
	}
	l := s.answered("local", "https://moved.example/1", check.OK, movesTo("https://new.example/1"))
	s.follow("link", l.ID, "question", "moved new.example", "topic", "moved", "do", "use", "to", "https://new.example/1")
	if got := s.owned(l.ID); got.URL != "https://new.example/1" {
		t.Errorf("it leads to %s", got.URL)
	}
	s.answered("local", "https://moved.example/2", check.OK, movesTo("https://new.example/1"))
	page, _ := s.follow("host", "moved.example", "question", "moved new.example", "topic", "moved", "do", "use")
	if !strings.Contains(page, "One was left as it is: you have its new address already") {
		t.Errorf("nothing is said about the one that is there already: %s", page)
	}
}

// hiddenFields are what the form of the page that holds this field sends besides its button.
func hiddenFields(t testing.TB, page, field string) (fields []string) {
	t.Helper()
	for _, form := range strings.Split(page, "<form")[1:] {
		form, _, _ = strings.Cut(form, "</form>")
		if !strings.Contains(form, field) {
			continue
		}
		for _, f := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			fields = append(fields, f[1], html.UnescapeString(f[2]))
		}
		return fields
	}
	t.Fatalf("no form has %s in %s", field, page)
	return nil
}

// What waits is not hidden by the decision before it: that leads back to the page on which it was made.
func TestADecisionLeadsBackToThePageItWasMadeOn(t *testing.T) {
	s := newSite(t, false)
	dead := s.answered("local", "https://dead.example/1", check.Gone, nil)
	for i := range 2 {
		s.answered("local", fmt.Sprintf("https://many.example/%d", i), check.Gone, nil)
	}
	moved := s.answered("local", "https://moved.example/1", check.OK, movesTo("https://new.example/1"))
	s.answered("local", "https://odd.example/1", check.OK, func(r *check.Result) { r.Note(check.Parked) })
	for _, field := range []string{`value="` + dead.ID + `"`, `name="host" value="many.example"`} {
		fields := hiddenFields(t, s.get("/decide").Body.String(), field)
		page, address := s.follow(append(fields, "do", "keep")...)
		if !strings.Contains(page, "https://moved.example/1") || strings.Contains(address, "topic") {
			t.Errorf("%s leads to %s", address, page)
		}
		s.lacksText(page, "Nothing waits", "None of these")
	}
	fields := hiddenFields(t, s.get("/decide?topic=moved").Body.String(), `value="`+moved.ID+`"`)
	page, address := s.follow(append(fields, "do", "keep")...)
	if !strings.Contains(address, "topic=moved") || !strings.Contains(page, `<h2>None of these</h2>`) || !strings.Contains(page, `<a href="/decide">1 other waits</a>`) {
		t.Errorf("%s leads to %s", address, page)
	}
	s.lacksText(page, "Nothing waits", "odd.example")
	s.has(s.get("/decide?topic=failing"), http.StatusOK, `<a href="/decide">1 other waits</a>`)
	s.undo(page)
	s.has(s.get("/decide?topic=failing"), http.StatusOK, `<a href="/decide">2 others wait</a>`)
}

func TestADecisionAboutAHostIsOneClick(t *testing.T) {
	s := newSite(t, false)
	var links []link.Link
	for i := range 8 {
		links = append(links, s.answered("local", fmt.Sprintf("https://moved.example/%d", i), check.OK, movesTo(fmt.Sprintf("https://new.example/%d", i))))
	}
	s.answered("local", "https://moved.example/gone", check.Gone, nil)
	s.has(s.get("/decide"), http.StatusOK, "8 links moved to new.example.", "and 5 more of moved.example", "Use the new addresses: moved.example", "https://moved.example/gone")
	page, address := s.follow("host", "moved.example", "question", "moved new.example", "topic", "moved", "do", "use")
	if !strings.Contains(page, "8 links have their new addresses") || !strings.Contains(address, "topic=moved") {
		t.Errorf("%s leads to %s", address, page)
	}
	for i, l := range links {
		if got := s.owned(l.ID).URL; got != fmt.Sprintf("https://new.example/%d", i) {
			t.Errorf("link %d leads to %s", i, got)
		}
	}
	s.has(s.get("/decide"), http.StatusOK, "https://moved.example/gone")

	for i := range 6 {
		s.answered("local", fmt.Sprintf("https://dead.example/%d", i), check.NotFound, nil)
	}
	elsewhere := s.add("local", link.Draft{URL: "https://elsewhere.example/"})
	page, _ = s.follow("host", "dead.example", "question", "invalid", "do", "delete")
	s.lacksText(page, "dead.example")
	s.post("/links/" + elsewhere.ID + "/delete")
	s.undo(page)
	s.has(s.get("/decide"), http.StatusOK, "6 links are no longer there.")
	if left := s.inTrash(); len(left) != 1 || left[0] != elsewhere.ID {
		t.Errorf("in the trash is %v, want what was deleted elsewhere", left)
	}
	page, _ = s.follow("host", "dead.example", "question", "invalid", "do", "keep")
	s.lacksText(page, "dead.example")
	s.undo(page)
	s.has(s.get("/decide"), http.StatusOK, "6 links are no longer there.")
}

func TestADecisionThatMakesNoSenseIsRefused(t *testing.T) {
	s := newSite(t, false)
	mine := s.answered("local", "https://dead.example/1", check.Gone, nil)
	his := s.answered("bob", "https://dead.example/2", check.Gone, nil)
	s.has(s.post("/decide", "link", mine.ID, "do", "explode"), http.StatusUnprocessableEntity, "do: it must be fine, keep, mute, use or delete")
	s.has(s.post("/decide", "link", mine.ID, "do", "use", "to", "nonsense"), http.StatusUnprocessableEntity, "url")
	for _, id := range []string{his.ID, "x", "01900000-0000-7000-8000-0000000000ff"} {
		for _, do := range []string{"keep", "fine", "mute", "use", "delete"} {
			s.has(s.post("/decide", "link", id, "do", do, "to", "https://new.example/"), http.StatusNotFound, "There is no such link.")
		}
	}
	page, _ := s.follow("host", "dead.example", "question", "invalid", "do", "delete")
	if !strings.Contains(page, "The link is in the trash") {
		t.Errorf("not one is in the trash: %s", page)
	}
	if _, err := s.store.Get(t.Context(), "bob", his.ID); err != nil {
		t.Errorf("bob lost his: %v", err)
	}
	for _, query := range []string{"did=keep&n=-1", "did=nonsense&n=1", "did=keep&n=x", "topic=nonsense", "topic=moved&links=1&newest=%00", "topic=moved&links=x&newest=%ff"} {
		s.lacksText(s.get("/decide?"+query).Body.String(), `class="notice"`, "cannot show")
	}
	s.has(s.post("/decide/undo?at=x"), http.StatusSeeOther)
	s.has(s.post("/decide/undo?act=x"), http.StatusSeeOther)
}

func TestManyQuestionsAreTurned(t *testing.T) {
	s := newSite(t, false)
	for i := range 50 {
		s.answered("local", fmt.Sprintf("https://h%02d.example/", i), check.Gone, nil)
	}
	first := s.get("/decide")
	s.has(first, http.StatusOK, "https://h49.example", "https://h40.example", `<a href="/decide?topic=invalid">All of these</a>`)
	s.lacksText(first.Body.String(), "https://h39.example")
	page := s.get("/decide?topic=invalid")
	s.has(page, http.StatusOK, "https://h10.example", `rel="next"`)
	s.lacksText(page.Body.String(), "https://h09.example")
	address := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page.Body.String())
	next := s.get(html.UnescapeString(address[1]))
	s.has(next, http.StatusOK, "https://h09.example", "https://h00.example", "First page")
	s.lacksText(next.Body.String(), "https://h10.example", `rel="next"`)
	for i := range 3 {
		s.answered("local", fmt.Sprintf("https://h05.example/%d", i), check.Gone, nil)
	}
	most := s.get("/decide").Body.String()
	if at := strings.Index(most, "4 links are no longer there."); at < 0 || at > strings.Index(most, "https://h49.example") {
		t.Errorf("the site with the most links is not the first: %s", most)
	}
}
