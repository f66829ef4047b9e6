package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/store"
)

type listImportsInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listImportsOutput struct {
	Body struct {
		Items      []Import `json:"items" nullable:"false"`
		NextCursor *string  `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// listImports lists newest first, a page at a time.
func (a *api) listImports(ctx context.Context, input *listImportsInput) (*listImportsOutput, error) {
	var after store.Position
	if input.Cursor != "" {
		var err error
		if after, err = decodeCursor(input.Cursor, store.Filter{}); err != nil {
			return nil, badParameter("cursor", err.Error())
		}
	}
	found, err := a.Store.Imports(ctx, a.Owner(ctx), after, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list imports", err)
	}
	output := &listImportsOutput{}
	if len(found) > input.Limit {
		found = found[:input.Limit]
		last := found[len(found)-1]
		next := encodeCursor(store.Position{CreatedAt: last.CreatedAt, ID: last.ID}, store.Filter{})
		output.Body.NextCursor = &next
	}
	output.Body.Items = make([]Import, len(found))
	for i, item := range found {
		output.Body.Items[i] = newImport(item)
	}
	return output, nil
}
