package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/link"
)

type addLinkInput struct {
	TextBody
	Body struct {
		URL         string   `json:"url" doc:"An absolute http or https URL"`
		Title       string   `json:"title,omitempty"`
		Description string   `json:"description,omitempty"`
		Tags        []string `json:"tags,omitempty" nullable:"true"`
	}
}

type addLinkOutput struct {
	Location     string `header:"Location"`
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         Link
}

// addLink saves a link. It answers before the link is checked: status pending.
func (a *api) addLink(ctx context.Context, input *addLinkInput) (*addLinkOutput, error) {
	saved, err := a.Store.Add(ctx, a.Owner(ctx), link.Draft(input.Body))
	if err != nil {
		return nil, a.problem(ctx, "add link", err)
	}
	a.Wake()
	return &addLinkOutput{Location: "/v1/links/" + saved.ID, ETag: etag(saved), CacheControl: noStore, Body: newLink(saved)}, nil
}
