package client

import (
	"context"
	"net/http"
)

// mergePatch is the media type of changes (RFC 7396).
const mergePatch = "application/merge-patch+json"

// Change says what is to be another about a link: Change{Title: new("Another")}. What is nil stays.
type Change struct {
	// URL is checked anew.
	URL         *string `json:"url,omitempty"`
	Title       *string `json:"title,omitempty"`
	Description *string `json:"description,omitempty"`
	// Tags replace all that it has.
	Tags *[]string `json:"tags,omitempty"`
	// AddTags are tags it gets beside those it has, RemoveTags those it loses; one that is in both stays.
	AddTags    []string `json:"add_tags,omitempty"`
	RemoveTags []string `json:"remove_tags,omitempty"`
	// Overrule may be NotOverruled, which lifts what there was.
	Overrule *Overrule `json:"overrule,omitempty"`
	// IfMatch is the ETag of the link that is meant; if the link has another by now, nothing happens and the *Problem is of
	// kind Changed. Empty for whatever it is.
	IfMatch string `json:"-"`
}

// ChangeLink changes a link, and returns it as it is then. It is never tried again: whether it was done, when no answer came,
// GetLink tells.
func (c *Client) ChangeLink(ctx context.Context, id string, change Change) (Link, error) {
	r, err := request{method: http.MethodPatch, path: linkPath(id)}.with("If-Match", change.IfMatch).json(mergePatch, change)
	if err != nil {
		return Link{}, err
	}
	var l Link
	header, err := c.do(ctx, r, &l)
	return c.linkOf(l, header, err)
}
