package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

const searchesPath = "/v1/searches"

func searchPath(id string) string { return searchesPath + "/" + url.PathEscape(id) }

// Search is a saved search: a query with a name.
type Search struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Query string `json:"query"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// AddSearch gives a query a name. A name that is taken is a *Problem of status 409.
func (c *Client) AddSearch(ctx context.Context, name, query string) (Search, error) {
	var s Search
	_, err := c.post(ctx, keyed(searchesPath), map[string]string{"name": name, "query": query}, &s)
	return s, err
}

// ListSearches returns all saved searches, oldest first.
func (c *Client) ListSearches(ctx context.Context) ([]Search, error) {
	return all[Search](ctx, c, searchesPath, nil)
}

// GetSearch returns one of them.
func (c *Client) GetSearch(ctx context.Context, id string) (Search, error) {
	var s Search
	return s, c.get(ctx, searchPath(id), nil, &s)
}

// SearchChange is what becomes of a saved search; nil leaves it as it is.
type SearchChange struct {
	Name  *string `json:"name,omitempty"`
	Query *string `json:"query,omitempty"`
}

// ChangeSearch changes a saved search.
func (c *Client) ChangeSearch(ctx context.Context, id string, change SearchChange) (Search, error) {
	r, err := request{method: http.MethodPatch, path: searchPath(id)}.json("application/merge-patch+json", change)
	if err != nil {
		return Search{}, err
	}
	var s Search
	_, err = c.do(ctx, r, &s)
	return s, err
}

// DeleteSearch forgets a saved search.
func (c *Client) DeleteSearch(ctx context.Context, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: searchPath(id)}, nil)
	return err
}
