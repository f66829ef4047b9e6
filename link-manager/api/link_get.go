package api

import (
	"context"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/link"
)

type linkID struct {
	ID string `path:"id" doc:"The link's id"`
}

type linkOutput struct {
	ETag         string `header:"ETag" doc:"Another after each change of the owner; checks do not change it"`
	CacheControl string `header:"Cache-Control"`
	Body         Link
}

func newLinkOutput(l link.Link) *linkOutput {
	return &linkOutput{ETag: etag(l), CacheControl: noStore, Body: newLink(l)}
}

type getLinkInput struct {
	ID          string `path:"id" doc:"The link's id"`
	IfNoneMatch string `header:"If-None-Match" doc:"ETags of the link, with commas: if it is one of these still, the answer is 304. That its owner changed nothing does not say that no check did"`
}

// getLink answers one link. An id that is not a UUID, an unknown one and somebody else's are the same 404.
func (a *api) getLink(ctx context.Context, input *getLinkInput) (*linkOutput, error) {
	found, err := a.Store.Get(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get link", err)
	}
	send, err := noneMatch(input.IfNoneMatch, etag(found))
	if err != nil {
		return nil, err
	}
	if !send {
		return nil, &Problem{Status: http.StatusNotModified, header: http.Header{"Etag": {etag(found)}, "Cache-Control": {noStore}}}
	}
	return newLinkOutput(found), nil
}
