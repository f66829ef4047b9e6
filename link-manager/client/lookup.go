package client

import (
	"context"
	"net/url"
)

// Lookup is what is known of a URL.
type Lookup struct {
	// Link is your link to it, in whatever spelling; nil if you have none.
	Link *Link `json:"link"`
	// Similar are links that lead most likely to the same page, newest first, 20 at most.
	Similar []Link `json:"similar"`
}

// LookupLink tells whether a URL is saved, in any spelling. It looks for similar ones too if it is asked to.
func (c *Client) LookupLink(ctx context.Context, link string, similar bool) (Lookup, error) {
	query := url.Values{"url": {link}}
	if similar {
		query.Set("similar", "true")
	}
	var found Lookup
	return found, c.get(ctx, linksPath+"/lookup", query, &found)
}
