package linkding

import (
	"net/http"
	"net/url"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/moment"
	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/store"
)

func (s *server) listBookmarks(w http.ResponseWriter, r *http.Request) {
	p, err := readPage(r, maxBookmarks)
	if err != nil {
		s.fail(w, r, "read page", err)
		return
	}
	pick, none, err := readPick(r.URL.Query())
	if err != nil {
		s.fail(w, r, "read filters", err)
		return
	}
	if none {
		answer(w, http.StatusOK, p.of(r, 0, []bookmark{}))
		return
	}
	ctx, owner := r.Context(), s.gate.Owner(r.Context())
	count, err := s.store.Picked(ctx, owner, pick)
	if err != nil {
		s.fail(w, r, "count bookmarks", err)
		return
	}
	pick.Offset, pick.Limit = p.offset, p.limit
	links, err := s.store.Pick(ctx, owner, pick)
	if err != nil {
		s.fail(w, r, "list bookmarks", err)
		return
	}
	shown, err := s.bookmarks(ctx, links...)
	if err != nil {
		s.fail(w, r, "number bookmarks", err)
		return
	}
	answer(w, http.StatusOK, p.of(r, count, shown))
}

// orders are those of linkding that we have.
var orders = map[string]store.Order{
	"": store.OrderNewest, "added_desc": store.OrderNewest, "added_asc": store.OrderOldest,
	"modified_desc": store.OrderLastChanged, "modified_asc": store.OrderFirstChanged,
}

// readPick reads which bookmarks are wanted; none means that there can be none. It fails with an invalid: a filter that we
// cannot apply would answer what was not asked for.
func readPick(query url.Values) (p store.Pick, none bool, err error) {
	if p, err = parseQuery(query.Get("q")); err != nil {
		return store.Pick{}, false, err
	}
	order, known := orders[query.Get("sort")]
	if !known {
		return store.Pick{}, false, wrong("sort", "It must be added_desc, added_asc, modified_desc or modified_asc.")
	}
	p.Order = order
	switch query.Get("unread") {
	case "", "off":
	case "yes":
		p.Tags = append(p.Tags, unread.Tag)
	case "no":
		p.NotTags = append(p.NotTags, unread.Tag)
	default:
		return store.Pick{}, false, wrong("unread", "It must be yes, no or off.")
	}
	if query.Get("bundle") != "" {
		return store.Pick{}, false, wrong("bundle", "Linkwell has no bundles.")
	}
	for _, since := range []struct {
		name string
		into *time.Time
	}{{"added_since", &p.AddedAfter}, {"modified_since", &p.ChangedAfter}} {
		text := query.Get(since.name)
		if text == "" {
			continue
		}
		if *since.into, err = moment.Parse(text); err != nil {
			return store.Pick{}, false, wrong(since.name, err.Error())
		}
	}
	return p, query.Get("shared") == "yes", nil
}
