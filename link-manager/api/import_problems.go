package api

import (
	"context"
	"strconv"
)

// ImportProblem says what in a file is no link that could be saved.
type ImportProblem struct {
	Number  int    `json:"number" doc:"Counts them from 1"`
	Line    int    `json:"line" doc:"Where it begins in the file, from 1"`
	Kind    string `json:"kind" enum:"skipped,failed" doc:"skipped: a bookmark of another kind; failed: it is broken"`
	Title   string `json:"title" doc:"Which one it is, where it has a title"`
	Problem string `json:"problem" doc:"What is wrong, as a sentence"`
}

type listImportProblemsInput struct {
	ID     string `path:"id"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most"`
	Cursor int    `query:"cursor" minimum:"1" doc:"next_cursor of the page before"`
}

type listImportProblemsOutput struct {
	Body struct {
		Items      []ImportProblem `json:"items" nullable:"false" doc:"In the order of the file; only the first thousand are kept"`
		NextCursor *string         `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

func (a *api) listImportProblems(ctx context.Context, input *listImportProblemsInput) (*listImportProblemsOutput, error) {
	found, err := a.Store.ImportProblems(ctx, a.Owner(ctx), input.ID, input.Cursor, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list import problems", err)
	}
	output := &listImportProblemsOutput{}
	if len(found) > input.Limit {
		found = found[:input.Limit]
		next := strconv.Itoa(found[len(found)-1].Number)
		output.Body.NextCursor = &next
	}
	output.Body.Items = make([]ImportProblem, len(found))
	for i, p := range found {
		kind := "failed"
		if p.Skipped {
			kind = "skipped"
		}
		output.Body.Items[i] = ImportProblem{Number: p.Number, Line: p.Line, Kind: kind, Title: p.Title, Problem: p.Problem}
	}
	return output, nil
}
