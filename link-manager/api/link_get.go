package api

import "context"

type linkID struct {
	ID string `path:"id" doc:"The link's id"`
}

type linkOutput struct{ Body Link }

// getLink answers one link. An id that is not a UUID, an unknown one and somebody else's are the same 404.
func (a *api) getLink(ctx context.Context, input *linkID) (*linkOutput, error) {
	found, err := a.Store.Get(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get link", err)
	}
	return &linkOutput{Body: newLink(found)}, nil
}
