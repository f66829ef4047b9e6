package api

import "context"

// deleteTag takes a tag from all links; the links stay.
func (a *api) deleteTag(ctx context.Context, input *tagPath) (*struct{}, error) {
	tag, err := a.existingTag(ctx, input.Tag)
	if err != nil {
		return nil, err
	}
	if _, err := a.Store.ReplaceTag(ctx, a.Owner(ctx), tag, ""); err != nil {
		return nil, a.problem(ctx, "delete tag", err)
	}
	return nil, nil
}
