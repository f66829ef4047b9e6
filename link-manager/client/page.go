package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// page is a part of a list.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// pages are the items of a list, page by page. After an error nothing more comes.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values, size, most int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		next := url.Values{"limit": {strconv.Itoa(pageSize(size, most))}}
		for name, values := range query {
			next[name] = values
		}
		for {
			var p page[T]
			if err := c.get(ctx, path, next, &p); err != nil {
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			switch {
			case p.NextCursor == nil:
				return
			case *p.NextCursor == next.Get("cursor"):
				yield(none, &AnswerError{Server: c.config.Server, Status: 200, Wrong: "is a list that begins again and again"})
				return
			}
			next.Set("cursor", *p.NextCursor)
		}
	}
}

// pageSize is how many are asked for at a time: the most there can be, unless fewer are wanted.
func pageSize(wanted, most int) int {
	if wanted <= 0 || wanted > most {
		return most
	}
	return wanted
}

// all reads a list that has no pages.
func all[T any](ctx context.Context, c *Client, path string, query url.Values) ([]T, error) {
	var p page[T]
	if err := c.get(ctx, path, query, &p); err != nil {
		return nil, err
	}
	return p.Items, nil
}
