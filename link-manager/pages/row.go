package pages

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// row is a link in the list.
type row struct {
	ID, URL string
	// Label is what is shown of it as the link: the title, or what was typed.
	Label, Host, Description string
	// Titled says that the label does not tell the host.
	Titled bool
	Tags   []tag
	Mark   mark
	// Why is the reason as a sentence, Hint what to do about it.
	Why, Hint     string
	Checked, Next when
	Failing       when
	Muted, Fine   bool
	Strip         strip
	// Chosen says that it is chosen for an action already.
	Chosen bool
	// Back is the address of the page that it is shown on.
	Back string
}

// tag is a tag as a link to the list of all links that have it.
type tag struct{ Name, Href string }

func newTags(names []string) []tag {
	tags := make([]tag, len(names))
	for i, name := range names {
		tags[i] = tag{name, listAddress(search.Query{Root: search.Tag{Name: name}}.String(), "")}
	}
	return tags
}

// mark is a status as it is seen: the word, and the name of shape and colour.
type mark struct{ Name, Word string }

// The marks. A link that was never checked is no worse than one that nobody can tell about, and looks different.
var (
	markValid    = mark{"valid", "valid"}
	markFailing  = mark{"failing", "valid, but failing"}
	markInvalid  = mark{"invalid", "invalid"}
	markChecking = mark{"checking", "checking"}
	markUnknown  = mark{"unknown", "can’t tell"}
	markMuted    = mark{"muted", "not checked"}
)

func markOf(l link.Link) mark {
	switch {
	case l.Overrule == link.Muted && !l.Checked():
		return markMuted
	case l.Status == check.Invalid:
		return markInvalid
	case l.Status == check.Valid && !l.FailingSince.IsZero() && l.Overrule != link.Fine:
		return markFailing
	case l.Status == check.Valid:
		return markValid
	case l.Checked():
		return markUnknown
	}
	return markChecking
}

func newRow(l link.Link, now time.Time, back string) row {
	v := row{
		ID: l.ID, URL: l.URL, Label: l.Title, Titled: l.Title != "", Host: hostOf(l.URL), Description: l.Description, Tags: newTags(l.Tags),
		Mark: markOf(l), Why: "It has not been checked yet.", Muted: l.Overrule == link.Muted, Fine: l.Overrule == link.Fine, Back: back,
	}
	if v.Label == "" {
		v.Label = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(l.URL, "https://"), "http://"), "/")
	}
	if l.Reason != "" {
		v.Why, v.Hint = l.Explanation(), l.Reason.Hint()
	}
	if l.Checked() {
		v.Checked = moment(l.Last.CheckedAt, now)
	}
	if v.Mark == markFailing {
		v.Why, v.Failing = l.Last.Reason.Explanation(), moment(l.FailingSince, now)
	}
	if !v.Muted && l.NextCheckAt.After(now) {
		v.Next = moment(l.NextCheckAt, now)
	}
	return v
}

// hostOf is the host that a URL names, for people.
func hostOf(typed string) string {
	u, err := url.Parse(typed)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// showRow answers one row alone, for the script to put in the place of the old one.
func (p *pages) showRow(w http.ResponseWriter, r *http.Request, owner string) error {
	l, err := p.Store.Get(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	rows, err := p.rows(r.Context(), owner, []link.Link{l}, back(r.URL.Query().Get("back")))
	if err != nil {
		return err
	}
	p.render(w, r, http.StatusOK, "row", rows[0])
	return nil
}

// back is the address of a list to go back to; the first one if it is none of ours.
func back(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.IsAbs() || u.Host != "" || u.Path != "/" || strings.HasPrefix(target, "//") {
		return "/"
	}
	return (&url.URL{Path: "/", RawQuery: u.RawQuery}).String()
}
