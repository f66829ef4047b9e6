package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

const tagsPath = "/v1/tags"

// maxNamesPage is the largest page of tags or hosts.
const maxNamesPage = 1_000

// Tag is a tag and how many of your links have it.
type Tag struct {
	Tag   string `json:"tag"`
	Links int    `json:"links"`
}

// Retagged is what became of a tag.
type Retagged struct {
	// Tag is what the links have now.
	Tag string `json:"tag"`
	// Changed is how many links were changed.
	Changed int `json:"changed"`
}

// ListTags lists tags by name: those that begin with prefix, which may be empty.
func (c *Client) ListTags(ctx context.Context, prefix string) iter.Seq2[Tag, error] {
	query := url.Values{}
	if prefix != "" {
		query.Set("prefix", prefix)
	}
	return pages[Tag](ctx, c, tagsPath, query, 0, maxNamesPage)
}

// RenameTag gives a tag another name on all links. If there is one of that name it is a *Problem of kind TagExists; MergeTags
// makes the two one. Like ChangeLink it is never tried again.
func (c *Client) RenameTag(ctx context.Context, tag, name string) (Retagged, error) {
	r, err := request{method: http.MethodPatch, path: tagsPath + "/" + url.PathEscape(tag)}.json(mergePatch, map[string]string{"tag": name})
	if err != nil {
		return Retagged{}, err
	}
	var did Retagged
	_, err = c.do(ctx, r, &did)
	return did, err
}

// DeleteTag takes a tag from all links; the links stay.
func (c *Client) DeleteTag(ctx context.Context, tag string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: tagsPath + "/" + url.PathEscape(tag)}, nil)
	return err
}

// MergeTags makes several tags, 1 to 100, one, which need not exist yet.
func (c *Client) MergeTags(ctx context.Context, tags []string, into string) (Retagged, error) {
	var did Retagged
	_, err := c.post(ctx, keyed(tagsPath+"/merge"), map[string]any{"tags": tags, "into": into}, &did)
	return did, err
}
