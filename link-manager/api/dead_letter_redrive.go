package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// Redriven is what redriving a dead letter did.
type Redriven struct {
	ID       uint64              `json:"id" doc:"The dead letter's number; it is gone now"`
	Redriven deadletter.Redriven `json:"redriven" enum:"due,nobody_waits,republished" doc:"due: the link is to be checked now; nobody_waits: nobody keeps the link any more; republished: the function gets the event again"`
}

type redrivenOutput struct{ Body Redriven }

// redriveDeadLetter has the event handled again. The letter ends once that is kept.
func (a *api) redriveDeadLetter(ctx context.Context, input *deadLetterID) (*redrivenOutput, error) {
	redriven, err := a.DeadLetters.Redrive(ctx, input.ID)
	if err != nil {
		return nil, a.problem(ctx, "redrive dead letter", err)
	}
	a.Wake()
	return &redrivenOutput{Body: Redriven{ID: input.ID, Redriven: redriven}}, nil
}
