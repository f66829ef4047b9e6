package api

import (
	"errors"
	"fmt"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// LinkFilter is embedded by inputs that say which links are meant. It is exported because huma passes over fields that are
// not.
type LinkFilter struct {
	Status string   `query:"status" enum:"pending,valid,invalid" doc:"Only links of this status"`
	Tags   []string `query:"tag,explode" maxItems:"20" doc:"Only links with this tag; given more than once, with all of them"`
	Text   string   `query:"q" doc:"Only links whose url, title, description or tags contain every word"`
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
	if len(f.Text) > store.MaxText {
		return store.Filter{}, badParameter("q", fmt.Sprintf("is %d bytes long; the most allowed is %d", len(f.Text), store.MaxText))
	}
	return store.Filter{Status: check.Status(f.Status), Tags: tags, Text: f.Text}, nil
}
