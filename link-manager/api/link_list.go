package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type listLinksInput struct {
	Address
	LinkFilter
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many links at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listLinksOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []Link  `json:"items" nullable:"false"`
		NextCursor *string `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// listLinks lists a page at a time, newest first unless q says otherwise. A link that stays, and stays as it is, is on exactly
// one page, whatever is added meanwhile.
func (a *api) listLinks(ctx context.Context, input *listLinksInput) (*listLinksOutput, error) {
	filter, err := input.filter()
	if err != nil {
		return nil, err
	}
	filter.Limit = input.Limit + 1 // one more tells whether there is a next page
	if input.Cursor != "" {
		if filter.After, err = DecodeCursor(input.Cursor, filter); err != nil {
			return nil, badParameter("cursor", err.Error())
		}
	}
	links, err := a.Store.List(ctx, a.Owner(ctx), filter)
	if err != nil {
		return nil, a.problem(ctx, "list links", err)
	}
	output := &listLinksOutput{}
	if len(links) > input.Limit {
		links = links[:input.Limit]
		output.Body.NextCursor, output.Link = input.next(EncodeCursor(filter.PositionOf(links[len(links)-1]), filter))
	}
	output.Body.Items = make([]Link, len(links))
	for i, l := range links {
		output.Body.Items[i] = newLink(l)
	}
	return output, nil
}

// badParameter is a 400 that names a query parameter.
func badParameter(name, problem string) error {
	return newProblem(http.StatusUnprocessableEntity, "", &huma.ErrorDetail{Location: "query." + name, Message: problem})
}
