package api

import "context"

type deleteLinkInput struct {
	IfMatch
	ID    string `path:"id" doc:"The link's id"`
	Purge bool   `query:"purge" doc:"true removes it for good, at once"`
}

// deleteLink moves a link to the trash. An answer that is still on its way finds nobody and changes nothing.
func (a *api) deleteLink(ctx context.Context, input *deleteLinkInput) (*struct{}, error) {
	expect, err := input.expect()
	if err != nil {
		return nil, err
	}
	if err := a.Store.Trash(ctx, a.Owner(ctx), input.ID, expect); err != nil {
		return nil, a.problem(ctx, "delete link", err)
	}
	if !input.Purge {
		return nil, nil
	}
	if err := a.Store.PurgeTrash(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "purge link", err)
	}
	return nil, nil
}
