package api

import (
	"context"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-manager/deadletter"
)

type listDeadLettersInput struct {
	Address
	Function string    `query:"function" doc:"Only those of this function; without a namespace, of it in any"`
	Before   time.Time `query:"before" doc:"Only those kept before this time (RFC 3339)"`
	Limit    int       `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"How many at most"`
	Cursor   uint64    `query:"cursor" doc:"next_cursor of the page before"`
}

type listDeadLettersOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []DeadLetter `json:"items" nullable:"false"`
		NextCursor *string      `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// listDeadLetters lists the oldest first, a page at a time: what comes meanwhile is on the last page.
func (a *api) listDeadLetters(ctx context.Context, input *listDeadLettersInput) (*listDeadLettersOutput, error) {
	page, more, err := a.DeadLetters.List(ctx, deadletter.Filter{
		Function: input.Function,
		Before:   input.Before,
		After:    input.Cursor,
		Limit:    input.Limit,
	})
	if err != nil {
		return nil, a.problem(ctx, "list dead letters", err)
	}
	output := &listDeadLettersOutput{}
	output.Body.Items = make([]DeadLetter, len(page))
	for i, l := range page {
		output.Body.Items[i] = newDeadLetter(l)
	}
	if more {
		output.Body.NextCursor, output.Link = input.next(strconv.FormatUint(page[len(page)-1].ID, 10))
	}
	return output, nil
}
