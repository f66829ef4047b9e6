package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-checker/check"
)

const linksPath = "/v1/links"

func linkPath(id string) string { return linksPath + "/" + url.PathEscape(id) }

// Draft is a link to save. Only URL is needed.
type Draft struct {
	URL         string   `json:"url"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags,omitempty"`
}

// AddLink saves a link. It does not wait for the check: the status is pending. A link that is saved already is a *Problem of
// kind Duplicate, which has it.
func (c *Client) AddLink(ctx context.Context, d Draft) (Link, error) {
	return c.linkOf(c.postLink(ctx, keyed(linksPath), d))
}

// GetLink returns a link. One that is not there, or somebody else's, is a *Problem of kind NotFound.
func (c *Client) GetLink(ctx context.Context, id string) (Link, error) {
	var l Link
	header, err := c.do(ctx, request{method: http.MethodGet, path: linkPath(id)}, &l)
	return c.linkOf(l, header, err)
}

// Filter chooses links. The zero value chooses all.
type Filter struct {
	// Status is the status they have; empty for any.
	Status check.Status
	// Tags are tags that they all have.
	Tags []string
	// Query is what they are searched for.
	Query string
	// PageSize is how many are fetched at a time, 1 to 200; 0 means 200.
	PageSize int
}

// maxLinksPage is the largest page of links.
const maxLinksPage = 200

func (f Filter) values() url.Values {
	query := url.Values{}
	if f.Status != "" {
		query.Set("status", string(f.Status))
	}
	if len(f.Tags) > 0 {
		query["tag"] = f.Tags
	}
	if f.Query != "" {
		query.Set("q", f.Query)
	}
	return query
}

// ListLinks lists links, newest first. What is saved meanwhile is not among them.
func (c *Client) ListLinks(ctx context.Context, f Filter) iter.Seq2[Link, error] {
	return pages[Link](ctx, c, linksPath, f.values(), f.PageSize, maxLinksPage)
}

// CheckLink asks for a check now, and does not wait for it. While one is out already, that is the one.
func (c *Client) CheckLink(ctx context.Context, id string) (Link, error) {
	return c.linkOf(c.postLink(ctx, keyed(linkPath(id)+"/check"), nil))
}

// Deletion says how a link is deleted. The zero value moves it to the trash.
type Deletion struct {
	// Purge removes it for good, at once.
	Purge bool
	// IfMatch is the ETag of the link that is meant; if the link has another by now, nothing happens and the *Problem is of
	// kind Changed. Empty for whatever it is.
	IfMatch string
}

// DeleteLink deletes a link.
func (c *Client) DeleteLink(ctx context.Context, id string, how Deletion) error {
	r := request{method: http.MethodDelete, path: linkPath(id)}.with("If-Match", how.IfMatch)
	if how.Purge {
		r.query = url.Values{"purge": {"true"}}
	}
	_, err := c.do(ctx, r, nil)
	return err
}

// RestoreLink brings a link back from the trash as it was. If the same was saved meanwhile, that is a *Problem of kind
// Duplicate.
func (c *Client) RestoreLink(ctx context.Context, id string) (Link, error) {
	return c.linkOf(c.postLink(ctx, keyed(linkPath(id)+"/restore"), nil))
}

func (c *Client) postLink(ctx context.Context, r request, v any) (l Link, header http.Header, err error) {
	header, err = c.post(ctx, r, v, &l)
	return l, header, err
}

// linkOf puts a link and its ETag together.
func (c *Client) linkOf(l Link, header http.Header, err error) (Link, error) {
	if err != nil {
		return Link{}, err
	}
	l.ETag = header.Get("ETag")
	return l, nil
}
