package api

import (
	"context"
	"net/http"
)

type renameTagInput struct {
	TextBody
	Tag  string `path:"tag" doc:"The tag, escaped as the path of a URL"`
	Body struct {
		Tag string `json:"tag" doc:"Its new name"`
	} `contentType:"application/merge-patch+json"`
}

// renameTag gives a tag another name on all links. One that exists already is a conflict: that would be a merge, which
// nobody can take back.
func (a *api) renameTag(ctx context.Context, input *renameTagInput) (*retaggedOutput, error) {
	into, err := theTag("body.tag", input.Body.Tag)
	if err != nil {
		return nil, err
	}
	tag, err := a.existingTag(ctx, input.Tag)
	if err != nil {
		return nil, err
	}
	taken, err := a.Store.TagLinks(ctx, a.Owner(ctx), into)
	if err != nil {
		return nil, a.problem(ctx, "rename tag", err)
	}
	if taken > 0 && into != tag {
		return nil, newKind(http.StatusConflict, "tag-exists", "you have a tag of this name; to make the two one, POST /v1/tags/merge")
	}
	changed, err := a.Store.ReplaceTag(ctx, a.Owner(ctx), tag, into)
	if err != nil {
		return nil, a.problem(ctx, "rename tag", err)
	}
	return &retaggedOutput{Retagged{Tag: into, Changed: changed}}, nil
}
