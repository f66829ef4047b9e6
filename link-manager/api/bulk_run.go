package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/store"
)

type bulkInput struct {
	TextBody
	LinkFilter
	Body struct {
		Operations []Operation `json:"operations,omitempty" minItems:"1" maxItems:"1000" doc:"What is to be done, in this order"`
		Action     *Action     `json:"action,omitempty" doc:"What is to be done with each link that GET /v1/links would list for the same query, the newest first: 1,000 at most"`
		DryRun     bool        `json:"dry_run,omitempty" doc:"With action: tells how many links it would be, and which first, and does nothing"`
		All        bool        `json:"all,omitempty" doc:"With action: must be true if the query is empty, and all links are meant"`
	}
}

// Action is what is to be done with each of many links.
type Action struct {
	Op         string   `json:"op" enum:"delete,check,tag"`
	AddTags    []string `json:"add_tags,omitempty" doc:"For tag"`
	RemoveTags []string `json:"remove_tags,omitempty" doc:"For tag"`
}

// Bulk is what became of it.
type Bulk struct {
	Results []OperationResult `json:"results" doc:"What became of each operation, in their order; of an action, what became of the first 20 links"`
	Matched int               `json:"matched" doc:"How many links the query means, counted up to 10,000; 0 for operations"`
	Done    int               `json:"done" doc:"How many operations did what they should"`
	Failed  int               `json:"failed" doc:"How many did not"`
	More    bool              `json:"more" doc:"There are more links than those that were counted, or that the action was taken on"`
}

type bulkOutput struct{ Body Bulk }

const (
	// matchesCounted is how far the matches of a dry run are counted.
	matchesCounted = 10_000
	// matchesShown is how many of them are shown.
	matchesShown = 20
)

// bulk does several things at once, each by itself.
func (a *api) bulk(ctx context.Context, input *bulkInput) (*bulkOutput, error) {
	output := &bulkOutput{Body: Bulk{Results: []OperationResult{}}}
	filter, err := input.filter()
	if err != nil {
		return nil, err
	}
	filter.Query.Sort = "" // it means no other links
	nothing, err := LinkFilter{}.filter()
	if err != nil {
		return nil, err
	}
	asksForAll := reflect.DeepEqual(filter, nothing)
	switch {
	case (input.Body.Operations == nil) == (input.Body.Action == nil):
		return nil, bulkProblem("body", "send either operations or an action")
	case input.Body.Action == nil && (!asksForAll || input.Body.DryRun || input.Body.All):
		return nil, bulkProblem("body.operations", "a query, dry_run and all go with an action")
	case input.Body.Action == nil:
		for _, o := range input.Body.Operations {
			output.Body.add(a.operate(ctx, o), maxOperations)
		}
	case asksForAll && !input.Body.All:
		return nil, bulkProblem("body.all", "the query is empty, which means all links; say which are meant, or send true")
	default:
		// What is searched for and shown is read; the route itself asks only whether somebody may write.
		for _, needs := range (bulk.Action{Op: bulk.Op(input.Body.Action.Op)}).Needs() {
			if p := refused(asking(ctx), needs); p != nil {
				return nil, p
			}
		}
		if err := a.act(ctx, filter, *input.Body.Action, input.Body.DryRun, &output.Body); err != nil {
			return nil, err
		}
	}
	if output.Body.Done > 0 {
		a.Wake()
	}
	return output, nil
}

// act takes the action on the links that the filter wants, or only tells which those are.
func (a *api) act(ctx context.Context, filter store.Filter, action Action, dryRun bool, did *Bulk) error {
	most := bulk.MostLinks
	if dryRun {
		most = matchesCounted
	}
	found, more, err := bulk.Find(ctx, a.Store, a.Owner(ctx), filter, most)
	if err != nil {
		return a.problem(ctx, "list links", err)
	}
	did.Matched, did.More = len(found), more
	if dryRun {
		for _, l := range found[:min(len(found), matchesShown)] {
			view := newLink(l)
			did.Results = append(did.Results, OperationResult{Status: http.StatusOK, Link: &view})
		}
		return nil
	}
	for _, l := range found {
		did.add(a.operate(ctx, Operation{Op: action.Op, ID: l.ID, AddTags: action.AddTags, RemoveTags: action.RemoveTags}), matchesShown)
	}
	return nil
}

// add counts a result, and shows it unless there are enough.
func (b *Bulk) add(r OperationResult, shown int) {
	if r.Problem == nil {
		b.Done++
	} else {
		b.Failed++
	}
	if len(b.Results) < shown {
		b.Results = append(b.Results, r)
	}
}

func bulkProblem(location, problem string) error {
	return newProblem(http.StatusUnprocessableEntity, "", &huma.ErrorDetail{Location: location, Message: problem})
}
