package pages

import (
	"net/http"
)

// chip is a filter that can be chosen with one click.
type chip struct {
	Word, Mark, Href string
	Count            int
	Counted, Chosen  bool
}

// showChips answers the filters alone, for the script to put in the place of the old ones.
func (p *pages) showChips(w http.ResponseWriter, r *http.Request, owner string) error {
	chips, err := p.chips(r, owner, r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	p.render(w, r, http.StatusOK, "chips", chips)
	return nil
}

// chips are the filters that everybody needs, with how many links each chooses, and the owner's saved searches.
func (p *pages) chips(r *http.Request, owner, query string) ([]chip, error) {
	totals, err := p.Store.Stats(r.Context(), owner)
	if err != nil {
		return nil, err
	}
	saved, err := p.Store.Searches(r.Context(), owner)
	if err != nil {
		return nil, err
	}
	chips := []chip{
		{Word: "all", Count: totals.Links},
		{Word: "valid", Mark: "valid", Count: totals.Valid},
		{Word: "pending", Mark: "checking", Count: totals.Pending},
		{Word: "invalid", Mark: "invalid", Count: totals.Invalid},
		{Word: "moved", Mark: "moved", Count: totals.Moved},
		{Word: "failing", Mark: "failing", Count: totals.Failing},
	}
	for i := range chips {
		asks := "is:" + chips[i].Word
		if i == 0 {
			asks = ""
		}
		chips[i].Href, chips[i].Chosen, chips[i].Counted = listAddress(asks, ""), query == asks, true
	}
	for _, s := range saved {
		chips = append(chips, chip{Word: s.Name, Mark: "saved", Href: listAddress(s.Query, ""), Chosen: s.Query == query})
	}
	return chips, nil
}
