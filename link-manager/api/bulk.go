package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// maxOperations is how many operations a request may have.
	maxOperations = bulk.MostLinks
	// maxBulkBytes is the largest body of them.
	maxBulkBytes = 4 << 20
)

// Operation is one of several.
type Operation struct {
	Op          string   `json:"op" enum:"add,change,delete,check,tag" doc:"add needs url; the others need id. tag takes only add_tags and remove_tags"`
	ID          string   `json:"id,omitempty"`
	URL         string   `json:"url,omitempty" doc:"For add and change"`
	Title       *string  `json:"title,omitempty" doc:"For add and change"`
	Description *string  `json:"description,omitempty" doc:"For add and change"`
	Tags        []string `json:"tags,omitempty" doc:"For add and change"`
	AddTags     []string `json:"add_tags,omitempty" doc:"For change and tag"`
	RemoveTags  []string `json:"remove_tags,omitempty" doc:"For change and tag"`
	Overrule    *string  `json:"overrule,omitempty" enum:"fine,muted," doc:"For change; empty lifts it"`
}

// OperationResult is what became of an operation. Either link or problem is there, or neither, after a deletion.
type OperationResult struct {
	Status  int      `json:"status" doc:"The HTTP status that it would have had by itself"`
	Link    *Link    `json:"link,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// Each operation is a transaction of its own, in the order given: one that fails leaves the others standing, and what was
// done before an interruption stays done.
func (a *api) operate(ctx context.Context, o Operation) OperationResult {
	var did link.Link
	var err error
	status := http.StatusOK
	switch err = o.fits(); {
	case err != nil:
	case o.Op == "check" && refused(asking(ctx), scopeCheck) != nil:
		err = refused(asking(ctx), scopeCheck)
	case o.Op == "add":
		status = http.StatusCreated
		did, err = a.Store.Add(ctx, a.Owner(ctx), link.Draft{URL: o.URL, Title: orEmpty(o.Title), Description: orEmpty(o.Description), Tags: o.Tags})
	case o.Op == "change":
		did, err = a.Store.Update(ctx, a.Owner(ctx), o.ID, o.patch())
	default:
		did, err = bulk.Action{Op: bulk.Op(o.Op), AddTags: o.AddTags, RemoveTags: o.RemoveTags}.Take(ctx, a.Store, a.Owner(ctx), o.ID)
		switch {
		case o.Op == "check":
			status = http.StatusAccepted
		case o.Op == "delete" && err == nil:
			return OperationResult{Status: http.StatusNoContent}
		}
	}
	if err != nil {
		var problem *Problem
		if !errors.As(err, &problem) {
			errors.As(a.problem(ctx, "bulk "+o.Op, err), &problem)
		}
		return OperationResult{Status: problem.Status, Problem: problem}
	}
	view := newLink(did)
	return OperationResult{Status: status, Link: &view}
}

// fits fails with a 422 that names the member which the operation lacks, or cannot have.
func (o Operation) fits() error {
	wrong := func(member, problem string) error {
		return newProblem(http.StatusUnprocessableEntity, "", &huma.ErrorDetail{Location: "body." + member, Message: problem})
	}
	content := o.Title != nil || o.Description != nil || o.Tags != nil
	retags := o.AddTags != nil || o.RemoveTags != nil
	switch {
	case o.Op == "add" && o.ID != "":
		return wrong("id", "a link that is added has none yet")
	case o.Op == "add" && (retags || o.Overrule != nil):
		return wrong("op", "add takes url, title, description and tags")
	case o.Op != "add" && o.ID == "":
		return wrong("id", "say which link is meant")
	case o.Op == "tag" && (content || o.URL != "" || o.Overrule != nil):
		return wrong("op", "tag takes only add_tags and remove_tags; change takes all")
	case (o.Op == "delete" || o.Op == "check") && (content || retags || o.URL != "" || o.Overrule != nil):
		return wrong("op", o.Op+" takes only id")
	}
	return nil
}

func (o Operation) patch() store.Patch {
	patch := store.Patch{
		URL: orNull(o.URL), Title: o.Title, Description: o.Description,
		AddTags: o.AddTags, RemoveTags: o.RemoveTags, Overrule: o.Overrule,
	}
	if o.Tags != nil {
		patch.Tags = &o.Tags
	}
	return patch
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
