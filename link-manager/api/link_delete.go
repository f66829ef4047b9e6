package api

import "context"

// deleteLink deletes a link. An answer that is still on its way finds nobody and changes nothing.
func (a *api) deleteLink(ctx context.Context, input *linkID) (*struct{}, error) {
	if err := a.Store.Delete(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "delete link", err)
	}
	return nil, nil
}
