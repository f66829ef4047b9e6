package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

type listTrashInput struct {
	Address
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many links at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listTrashOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []TrashedLink `json:"items"`
		NextCursor *string       `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// trashCursor is where a page of the trash ended.
type trashCursor struct {
	Micros int64  `json:"d"`
	ID     string `json:"i"`
}

// listTrash lists what was deleted last first, a page at a time.
func (a *api) listTrash(ctx context.Context, input *listTrashInput) (*listTrashOutput, error) {
	var after store.Position
	if input.Cursor != "" {
		c, err := decodePlace[trashCursor](input.Cursor)
		if err != nil || c.Micros <= 0 || !isUUID(c.ID) {
			return nil, badParameter("cursor", errCursor.Error())
		}
		after = store.Position{At: time.UnixMicro(c.Micros), ID: c.ID}
	}
	links, err := a.Store.Trashed(ctx, a.Owner(ctx), after, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list trash", err)
	}
	output := &listTrashOutput{}
	if len(links) > input.Limit {
		links = links[:input.Limit]
		last := links[len(links)-1]
		output.Body.NextCursor, output.Link = input.next(encodePlace(trashCursor{last.TrashedAt.UnixMicro(), last.ID}))
	}
	output.Body.Items = make([]TrashedLink, len(links))
	for i, l := range links {
		output.Body.Items[i] = newTrashedLink(l)
	}
	return output, nil
}
