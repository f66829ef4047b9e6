package api

import "context"

// cancelImport stops an import. Links that are being saved at that moment may be the last ones.
func (a *api) cancelImport(ctx context.Context, input *importID) (*importOutput, error) {
	cancelled, err := a.Store.CancelImport(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "cancel import", err)
	}
	return &importOutput{newImport(cancelled)}, nil
}

func (a *api) deleteImport(ctx context.Context, input *importID) (*struct{}, error) {
	if err := a.Store.DeleteImport(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "delete import", err)
	}
	return nil, nil
}
