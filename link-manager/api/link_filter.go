package api

import (
	"errors"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

// LinkFilter is embedded by inputs that say which links are meant. It is exported because huma passes over fields that are
// not.
type LinkFilter struct {
	Status string   `query:"status" enum:"pending,valid,invalid" doc:"Only links of this status"`
	Tags   []string `query:"tag,explode" maxItems:"20" doc:"Only links with this tag; given more than once, with all of them"`
	Text   string   `query:"q" doc:"Only links that fulfil this query, all of whose terms are wanted: words, whole, in url, title, description or tags; \"words in a row\"; wor* for how words begin; #tag; title:word, url:word, description:word; host:example.com; is:valid, invalid, pending, moved, failing, untagged or muted; reason:not_found; code:404 or 5xx; added:, checked: or failing: with <30d (h, d, w, y), >7d, >2026-01-31 or 2026-01. They are joined by or, not, - and parentheses. sort: is -added, added, title, -title, checked or -checked. Case and accents make no difference"`
}

// filter is what the store understands, without a limit. It fails with a 400 that names the parameter.
func (f LinkFilter) filter() (store.Filter, error) {
	tags, err := link.NormalizeTags(f.Tags)
	if err != nil {
		var field *link.FieldError
		if errors.As(err, &field) {
			return store.Filter{}, badParameter("tag", field.Problem)
		}
		return store.Filter{}, badParameter("tag", err.Error())
	}
	query, err := search.Parse(f.Text)
	if err != nil {
		return store.Filter{}, badParameter("q", err.Error())
	}
	return store.Filter{Status: check.Status(f.Status), Tags: tags, Query: query}, nil
}
