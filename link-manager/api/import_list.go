package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

type listImportsInput struct {
	Address
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listImportsOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []Import `json:"items" nullable:"false"`
		NextCursor *string  `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// importCursor is where a page of imports ended.
type importCursor struct {
	Micros int64  `json:"n"`
	ID     string `json:"i"`
}

// listImports lists newest first, a page at a time.
func (a *api) listImports(ctx context.Context, input *listImportsInput) (*listImportsOutput, error) {
	var after store.Position
	if input.Cursor != "" {
		c, err := decodePlace[importCursor](input.Cursor)
		if err != nil || c.Micros <= 0 || !isUUID(c.ID) {
			return nil, badParameter("cursor", errCursor.Error())
		}
		after = store.Position{At: time.UnixMicro(c.Micros), ID: c.ID}
	}
	found, err := a.Store.Imports(ctx, a.Owner(ctx), after, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list imports", err)
	}
	output := &listImportsOutput{}
	if len(found) > input.Limit {
		found = found[:input.Limit]
		last := found[len(found)-1]
		output.Body.NextCursor, output.Link = input.next(encodePlace(importCursor{last.CreatedAt.UnixMicro(), last.ID}))
	}
	output.Body.Items = make([]Import, len(found))
	for i, item := range found {
		output.Body.Items[i] = newImport(item)
	}
	return output, nil
}
