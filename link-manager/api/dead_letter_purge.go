package api

import "context"

// purgeDeadLetter deletes a dead letter, and with it what is left of the event.
func (a *api) purgeDeadLetter(ctx context.Context, input *deadLetterID) (*struct{}, error) {
	if err := a.DeadLetters.Purge(ctx, input.ID); err != nil {
		return nil, a.problem(ctx, "purge dead letter", err)
	}
	return nil, nil
}
