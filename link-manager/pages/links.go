package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

// pageOfLinks is how many links a page shows.
const pageOfLinks = 50

// linksPage is the list.
type linksPage struct {
	frame
	// Query is what was asked for, as typed, and Problem what is wrong with it.
	Query, Problem string
	Chips          []chip
	Rows           []row
	// Older is the address of the next page; empty on the last. Newest is that of the first; empty on it.
	Older, Newest string
	// Empty says that nothing was saved yet.
	Empty bool
	// Draft is what could not be added, and DraftProblem why.
	Draft, DraftProblem string
	// Total is how many links there are in all.
	Total int
}

// listLinks shows the links that the query in the address asks for.
func (p *pages) listLinks(w http.ResponseWriter, r *http.Request, owner string) error {
	return p.writeList(w, r, owner, http.StatusOK, linksPage{frame: p.frame(r, "Links")})
}

// writeList completes the page with what its address asks for.
func (p *pages) writeList(w http.ResponseWriter, r *http.Request, owner string, status int, page linksPage) error {
	page.Here = "links"
	asked := r.URL.Query()
	if id := asked.Get("deleted"); id != "" {
		page.Notice, page.Undo = "The link is in the trash for 30 days.", "/links/"+url.PathEscape(id)+"/restore"
	}
	page.Query = asked.Get("q")
	var err error
	if page.Chips, err = p.chips(r, owner, page.Query); err != nil {
		return err
	}
	page.Total = page.Chips[0].Count
	page.Empty = page.Total == 0
	query, err := search.Parse(page.Query)
	var wrong *search.Error
	switch {
	case errors.As(err, &wrong):
		page.Problem = wrong.Error()
		p.render(w, r, http.StatusBadRequest, "links", page)
		return nil
	case err != nil:
		return err
	}
	filter := store.Filter{Query: query, Limit: pageOfLinks + 1}
	if cursor := asked.Get("after"); cursor != "" {
		after, err := api.DecodeCursor(cursor, filter)
		if err != nil { // the address was changed by hand, or is from another version
			http.Redirect(w, r, listAddress(page.Query, ""), http.StatusSeeOther)
			return nil //nolint:nilerr // it is answered
		}
		filter.After = after
		page.Newest = listAddress(page.Query, "")
	}
	links, err := p.Store.List(r.Context(), owner, filter)
	if err != nil {
		return err
	}
	if len(links) > pageOfLinks {
		links = links[:pageOfLinks]
		page.Older = listAddress(page.Query, api.EncodeCursor(filter.PositionOf(links[pageOfLinks-1]), filter))
	}
	page.Rows = p.rows(links, listAddress(page.Query, asked.Get("after")))
	p.render(w, r, status, "links", page)
	return nil
}

func (p *pages) rows(links []link.Link, back string) []row {
	rows, now := make([]row, len(links)), p.Now()
	for i, l := range links {
		rows[i] = newRow(l, now, back)
	}
	return rows
}

// listAddress is the address of the list that the query chooses, from the cursor on.
func listAddress(query, cursor string) string {
	values := url.Values{}
	if query != "" {
		values.Set("q", query)
	}
	if cursor != "" {
		values.Set("after", cursor)
	}
	return (&url.URL{Path: "/", RawQuery: values.Encode()}).String()
}
