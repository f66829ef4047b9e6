package api

import "context"

func (a *api) getImport(ctx context.Context, input *importID) (*importOutput, error) {
	found, err := a.Store.Import(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get import", err)
	}
	return &importOutput{newImport(found)}, nil
}
