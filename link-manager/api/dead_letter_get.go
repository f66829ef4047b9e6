package api

import "context"

type deadLetterOutput struct{ Body OpenedDeadLetter }

// getDeadLetter answers one dead letter with the event's headers and body.
func (a *api) getDeadLetter(ctx context.Context, input *deadLetterID) (*deadLetterOutput, error) {
	letter, err := a.DeadLetters.Get(ctx, input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get dead letter", err)
	}
	return &deadLetterOutput{Body: openDeadLetter(letter)}, nil
}
