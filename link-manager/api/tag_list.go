package api

import "context"

type listTagsInput struct {
	Address
	Prefix string `query:"prefix" maxLength:"100" doc:"Only tags that begin like this"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many tags at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listTagsOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []Tag   `json:"items"`
		NextCursor *string `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// nameCursor is where a page of names ended.
type nameCursor struct {
	Name string `json:"n"`
}

// afterName reads a cursor of names; empty for none.
func afterName(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	c, err := decodePlace[nameCursor](cursor)
	if err != nil || c.Name == "" {
		return "", badParameter("cursor", errCursor.Error())
	}
	return c.Name, nil
}

// listTags lists the owner's tags by name.
func (a *api) listTags(ctx context.Context, input *listTagsInput) (*listTagsOutput, error) {
	after, err := afterName(input.Cursor)
	if err != nil {
		return nil, err
	}
	tags, err := a.Store.Tags(ctx, a.Owner(ctx), input.Prefix, after, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list tags", err)
	}
	output := &listTagsOutput{}
	if len(tags) > input.Limit {
		tags = tags[:input.Limit]
		output.Body.NextCursor, output.Link = input.next(encodePlace(nameCursor{tags[len(tags)-1].Tag}))
	}
	output.Body.Items = make([]Tag, len(tags))
	for i, t := range tags {
		output.Body.Items[i] = Tag(t)
	}
	return output, nil
}
