package api

import (
	"context"
	"fmt"
)

type mergeTagsInput struct {
	TextBody
	Body struct {
		Tags []string `json:"tags" minItems:"1" maxItems:"100" doc:"The tags that shall be one"`
		Into string   `json:"into" doc:"The tag that they become; it need not exist"`
	}
}

// mergeTags makes several tags one. What was done before an error stays done; sending it again does the rest.
func (a *api) mergeTags(ctx context.Context, input *mergeTagsInput) (*retaggedOutput, error) {
	into, err := theTag("body.into", input.Body.Into)
	if err != nil {
		return nil, err
	}
	tags := make([]string, len(input.Body.Tags))
	for i, text := range input.Body.Tags {
		if tags[i], err = theTag(fmt.Sprintf("body.tags[%d]", i), text); err != nil {
			return nil, err
		}
	}
	output := &retaggedOutput{Retagged{Tag: into}}
	for _, tag := range tags {
		changed, err := a.Store.ReplaceTag(ctx, a.Owner(ctx), tag, into)
		if err != nil {
			return nil, a.problem(ctx, "merge tags", err)
		}
		output.Body.Changed += changed
	}
	return output, nil
}
