package api

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/link"
)

// similarShown is how many similar links are answered at most.
const similarShown = 20

type lookupLinkInput struct {
	URL     string `query:"url" required:"true" doc:"The URL to look for, in any spelling"`
	Similar bool   `query:"similar" doc:"true also looks for links that lead most likely to the same page: with another scheme, with or without www. or a slash at the end, with another order of the query or other tracking parameters"`
}

// Lookup is what is known of a URL.
type Lookup struct {
	Link    *Link  `json:"link" doc:"Your link to this URL; null if you have none"`
	Similar []Link `json:"similar" doc:"Links that lead most likely to the same page, newest first, 20 at most; empty if they were not asked for"`
}

// TransformSchema tells programs that link can be null.
func (Lookup) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["link"] = orNullSchema(s.Properties["link"])
	return s
}

type lookupLinkOutput struct{ Body Lookup }

// lookupLink tells whether the owner has saved a URL, before they save it.
func (a *api) lookupLink(ctx context.Context, input *lookupLinkInput) (*lookupLinkOutput, error) {
	output := &lookupLinkOutput{Body: Lookup{Similar: []Link{}}}
	found, err := a.Store.Lookup(ctx, a.Owner(ctx), input.URL)
	var field *link.FieldError
	switch {
	case errors.As(err, &field):
		return nil, badParameter("url", field.Problem)
	case errors.Is(err, link.ErrNotFound):
	case err != nil:
		return nil, a.problem(ctx, "look up link", err)
	default:
		view := newLink(found)
		output.Body.Link = &view
	}
	if !input.Similar {
		return output, nil
	}
	similar, err := a.Store.Similar(ctx, a.Owner(ctx), input.URL, similarShown)
	if err != nil {
		return nil, a.problem(ctx, "find similar links", err)
	}
	for _, l := range similar {
		output.Body.Similar = append(output.Body.Similar, newLink(l))
	}
	return output, nil
}
