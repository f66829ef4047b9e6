package pages_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/pages"
)

type letters map[string]uint64

func (l letters) Count(context.Context) (map[string]uint64, error) {
	if l == nil {
		return nil, errors.New("the broker is away")
	}
	return l, nil
}

func TestHealthTellsHowEverythingIs(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/health"), http.StatusOK, "None of your links is invalid", "No site of yours fails", "nothing waits", "nobody can tell now")
	s.answered("local", "https://a.example/1", check.OK, func(r *check.Result) { r.DurationMS = 1234 })
	s.answered("local", "https://a.example/2", check.Gone, nil)
	s.answered("local", "https://a.example/3", check.Gone, nil)
	s.answered("local", "https://b.example/4", check.Forbidden, nil)
	s.answered("bob", "https://bobs.example/", check.NotFound, nil)
	page := s.get("/health")
	s.has(page, http.StatusOK, `<strong>4</strong>`, "removed for good (410)", `<td>2</td>`, "does not let us in", "1,234 ms", `<polygon class="valid" points="`,
		"The numbers of each day", "The newest checks of your 4 newest links", `href="/?q=reason%3Agone"`)
	s.lacksText(page.Body.String(), "bobs.example", "404")
}

func TestHealthTellsWhenItIsOurOwnFault(t *testing.T) {
	s := newSite(t, false, func(c *pages.Config) {
		c.DeadLetters = letters{"one": 3, "two": 1_204}
		c.Parts = []api.Part{
			{Name: "store", Check: func(context.Context) error { return nil }},
			{Name: "sight", Check: func(context.Context) error { return errors.New("blind since noon: no canary URL answers") }},
			{Name: "gateway", Check: func(context.Context) error { return errors.New("the gateway has <no> function") }},
		}
	})
	page := s.get("/health")
	s.has(page, http.StatusOK, `role="alert"`, "Linkwell cannot see the web just now.", "Blind since noon: no canary URL answers.",
		"Checks have to wait just now.", "The gateway has &lt;no&gt; function.", "1,207")
	if n := strings.Count(page.Body.String(), `role="alert"`); n != 2 {
		t.Errorf("there are %d alerts", n)
	}
}

func TestHealthIsShownWithoutTheBroker(t *testing.T) {
	s := newSite(t, false, func(c *pages.Config) { c.DeadLetters = letters(nil) })
	s.has(s.get("/health"), http.StatusOK, "nobody can tell now")
}
