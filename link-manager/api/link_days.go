package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Day is what a link's checks of one day said.
type Day struct {
	Day       string `json:"day" format:"date" doc:"The day, in UTC"`
	Valid     int    `json:"valid" doc:"How many answers were valid"`
	Invalid   int    `json:"invalid" doc:"How many answers were invalid"`
	Pending   int    `json:"pending" doc:"How many answers decided nothing"`
	MeanMS    int64  `json:"mean_ms" doc:"How long a check took on average, in milliseconds"`
	SlowestMS int64  `json:"slowest_ms" doc:"How long the slowest took, in milliseconds"`
}

func newDay(d store.Day) Day {
	answers := d.Valid + d.Invalid + d.Pending
	return Day{
		Day:   d.Date.Format(time.DateOnly),
		Valid: d.Valid, Invalid: d.Invalid, Pending: d.Pending,
		MeanMS: d.DurationMS / int64(max(answers, 1)), SlowestMS: d.SlowestMS,
	}
}

type listDaysOutput struct {
	Body struct {
		Items []Day `json:"items" nullable:"false"`
	}
}

// listDays lists the days on which the link was checked, newest first: at most the last 400.
func (a *api) listDays(ctx context.Context, input *linkID) (*listDaysOutput, error) {
	days, err := a.Store.Days(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "list days", err)
	}
	output := &listDaysOutput{}
	output.Body.Items = make([]Day, len(days))
	for i, d := range days {
		output.Body.Items[i] = newDay(d)
	}
	return output, nil
}
