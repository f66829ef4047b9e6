package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Tags is what the API asks of the store about tags.
type Tags interface {
	Tags(ctx context.Context, owner, prefix, after string, limit int) ([]store.TagCount, error)
	TagLinks(ctx context.Context, owner, tag string) (int, error)
	ReplaceTag(ctx context.Context, owner, tag, into string) (changed int, err error)
}

// Tag is a tag and how many links have it.
type Tag struct {
	Tag   string `json:"tag"`
	Links int    `json:"links" doc:"How many of your links have it"`
}

// Retagged is what became of a tag.
type Retagged struct {
	Tag     string `json:"tag" doc:"The tag that the links have now"`
	Changed int    `json:"changed" doc:"How many links were changed"`
}

type retaggedOutput struct{ Body Retagged }

type tagPath struct {
	Tag string `path:"tag" doc:"The tag, escaped as the path of a URL"`
}

// theTag is a tag as it is kept; a problem that names the place if it can be none.
func theTag(location, text string) (string, error) {
	tags, err := link.NormalizeTags([]string{text})
	var field *link.FieldError
	if errors.As(err, &field) {
		return "", newProblem(http.StatusUnprocessableEntity, "", &huma.ErrorDetail{Location: location, Message: field.Problem})
	}
	if err != nil {
		return "", err
	}
	return tags[0], nil
}

// existing is the tag of a path, if any link has it; else a 404.
func (a *api) existingTag(ctx context.Context, text string) (string, error) {
	tag, err := theTag("path.tag", text)
	if err != nil {
		return "", newKind(http.StatusNotFound, "not-found", "there is no such tag")
	}
	n, err := a.Store.TagLinks(ctx, a.Owner(ctx), tag)
	if err != nil {
		return "", a.problem(ctx, "find tag", err)
	}
	if n == 0 {
		return "", newKind(http.StatusNotFound, "not-found", "there is no such tag")
	}
	return tag, nil
}
