package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

const trashPath = "/v1/trash"

// TrashedLink is a deleted link that can be restored.
type TrashedLink struct {
	// ID is the link's, now and when it comes back.
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Tags        []string  `json:"tags"`
	Overrule    Overrule  `json:"overrule"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	// TrashedAt is when it was deleted, GoneAt until when it can be restored.
	TrashedAt time.Time `json:"trashed_at"`
	GoneAt    time.Time `json:"gone_at"`
}

// ListTrash lists deleted links, the last one first.
func (c *Client) ListTrash(ctx context.Context) iter.Seq2[TrashedLink, error] {
	return pages[TrashedLink](ctx, c, trashPath, nil, 0, maxLinksPage)
}

// PurgeLink removes a deleted link for good.
func (c *Client) PurgeLink(ctx context.Context, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: trashPath + "/" + url.PathEscape(id)}, nil)
	return err
}
