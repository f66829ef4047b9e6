package api

import "context"

// checkLink asks for a check now, before any routine one. While a check is out already it is the one that is waited for.
func (a *api) checkLink(ctx context.Context, input *linkID) (*linkOutput, error) {
	waiting, err := a.Store.CheckNow(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "check link", err)
	}
	a.Wake()
	return newLinkOutput(waiting), nil
}
