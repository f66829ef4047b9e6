package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// checksShown is how many answers the page of a link tells.
const checksShown = 30

// linkPage is all that is known about a link.
type linkPage struct {
	frame
	row
	edit
	// Next says what happens next, and when.
	WhatNext string
	Archive  string
	// MovedTo is the new address of a page that moved for good; empty if it did not.
	MovedTo string
	// Expires is when the certificate of its server ends; zero if that is not known.
	Expires when
	Checks  []checkRow
	Bars    []bar
	Days    []dayBar
	// Had says that it was saved before, Again that it was saved again before what was deleted could be brought back.
	Had, Again bool
	Saved      when
}

// checkRow is one answer.
type checkRow struct {
	Mark   mark
	At     when
	Code   int
	Reason string
	Took   string
	// Redirects are the addresses before Final, where they ended.
	Redirects []check.Redirect
	Final     string
	Notes     []string
}

// bar is an answer in the strip of the last ones, of which the newest is at the right.
type bar struct {
	Name, Words string
	X           int
}

func (p *pages) showLink(w http.ResponseWriter, r *http.Request, owner string) error {
	l, err := p.Store.Get(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	form := editOf(l)
	if form.Other, err = p.other(r, owner, r.URL.Query().Get("other"), l); err != nil {
		return err
	}
	return p.writeLink(w, r, owner, http.StatusOK, l, form)
}

func (p *pages) writeLink(w http.ResponseWriter, r *http.Request, owner string, status int, l link.Link, form edit) error {
	checks, err := p.Store.Checks(r.Context(), owner, l.ID, checksShown)
	if err != nil {
		return err
	}
	days, err := p.Store.Days(r.Context(), owner, l.ID)
	if err != nil {
		return err
	}
	now, asked := p.Now(), r.URL.Query()
	page := linkPage{
		frame: p.frame(r, "Link"), row: newRow(l, now, "/links/"+l.ID), edit: form,
		Had: asked.Has("had"), Again: asked.Has("again"), Archive: archived(l),
		WhatNext: whatNext(l, now), Saved: moment(l.CreatedAt, now), Days: dayBars(days, now),
	}
	page.Title = page.Label
	if id := asked.Get("joined"); id != "" {
		page.Notice, page.Undo = "The other link is in the trash for 30 days; this one has its tags too.", "/links/"+url.PathEscape(id)+"/restore"
	}
	for i, c := range checks {
		page.Checks = append(page.Checks, newCheckRow(c, now))
		page.Bars = append(page.Bars, bar{
			Name: answerMark(c.Status).Name, X: 10 * (checksShown - 1 - i),
			Words: c.CheckedAt.UTC().Format("2 January 2006 15:04") + ": " + c.Reason.Explanation(),
		})
	}
	if len(checks) > 0 {
		page.MovedTo, page.Expires = checks[0].MovedTo, moment(checks[0].CertificateExpiresAt, now)
	}
	p.render(w, r, status, "link", page)
	return nil
}

func newCheckRow(c store.Check, now time.Time) checkRow {
	v := checkRow{
		Mark: answerMark(c.Status), At: moment(c.CheckedAt, now), Code: c.HTTPStatus, Reason: c.Reason.Explanation(),
		Took: fmt.Sprintf("%d ms", c.DurationMS), Redirects: c.Redirects,
	}
	if len(c.Redirects) > 0 {
		v.Final = c.FinalURL
	}
	for _, note := range c.Notes {
		v.Notes = append(v.Notes, note.Explanation())
	}
	return v
}

// answerMark is how one answer is seen.
func answerMark(s check.Status) mark {
	switch s {
	case check.Valid:
		return markValid
	case check.Invalid:
		return markInvalid
	case check.Pending:
	}
	return markUnknown
}

// whatNext says when the link is looked at next, and why then.
func whatNext(l link.Link, now time.Time) string {
	switch {
	case l.Overrule == link.Muted:
		return "It is not checked, because you said so."
	case !l.NextCheckAt.After(now):
		return "It is being checked."
	case !l.FailingSince.IsZero() && l.Status == check.Valid:
		return "It failed lately, so it is looked at again " + moment(l.NextCheckAt, now).Words + "."
	case l.Status == check.Invalid:
		return "It is looked at again " + moment(l.NextCheckAt, now).Words + ", in case it comes back."
	}
	return "It is looked at again " + moment(l.NextCheckAt, now).Words + "."
}
