package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

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
	// Query is what was asked for, as typed, and Wrong what is wrong with it; nil for nothing.
	Query string
	Wrong *wrongQuery
	Chips []chip
	Rows  []row
	// Savable says that the query has no name yet. SearchName is one that could not be given it, and SearchProblem why.
	Savable                   bool
	SearchName, SearchProblem string
	// Acts is the form for the chosen links, and Chosen are the ids of those chosen already.
	Acts   bulkActs
	Chosen []string
	// Back is the address of this very list, and Bulk that of the page about all that it finds.
	Back, Bulk string
	// Older is the address of the next page; empty on the last. Newest is that of the first; empty on it.
	Older, Newest string
	// Empty says that nothing was saved yet.
	Empty bool
	// Draft is what could not be added, and DraftProblem why.
	Draft, DraftProblem string
	// Total is how many links there are in all, and Size how many a page shows.
	Total, Size int
}

// listLinks shows the links that the query in the address asks for.
func (p *pages) listLinks(w http.ResponseWriter, r *http.Request, owner string) error {
	return p.writeList(w, r, owner, http.StatusOK, linksPage{frame: p.frame(r, "Links")})
}

// writeList completes the page with what its address asks for.
func (p *pages) writeList(w http.ResponseWriter, r *http.Request, owner string, status int, page linksPage) error {
	page.Here, page.Size, page.Acts.On = "links", pageOfLinks, "the chosen links"
	asked := r.URL.Query()
	if id := asked.Get("deleted"); id != "" {
		page.Notice = "The link is in the trash for 30 days."
		page.Undo = "/links/" + url.PathEscape(id) + "/restore"
	}
	if asked.Has("did") {
		page.say(asked)
	}
	page.Query = asked.Get("q")
	var err error
	if page.Chips, err = p.chips(r, owner, page.Query); err != nil {
		return err
	}
	page.Total = page.Chips[0].Count
	page.Savable = page.Query != "" && !slices.ContainsFunc(page.Chips, func(c chip) bool { return c.Chosen })
	page.Empty = page.Total == 0
	query, err := search.Parse(page.Query)
	var wrong *search.Error
	switch {
	case errors.As(err, &wrong):
		page.Wrong = newWrongQuery(page.Query, wrong)
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
	page.Back = listAddress(page.Query, asked.Get("after"))
	page.Bulk = "/bulk?" + url.Values{"q": {page.Query}}.Encode()
	if page.Rows, err = p.rows(r.Context(), owner, links, page.Back); err != nil {
		return err
	}
	for i := range page.Rows {
		page.Rows[i].Chosen = slices.Contains(page.Chosen, page.Rows[i].ID)
	}
	p.render(w, r, status, "links", page)
	return nil
}

// rows are the links as the list shows them.
func (p *pages) rows(ctx context.Context, owner string, links []link.Link, back string) ([]row, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.ID
	}
	latest, err := p.Store.Latest(ctx, owner, ids, stripShown)
	if err != nil {
		return nil, err
	}
	rows, now := make([]row, len(links)), p.Now()
	for i, l := range links {
		rows[i] = newRow(l, now, back)
		rows[i].Strip = newStrip(latest[l.ID])
	}
	return rows, nil
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
