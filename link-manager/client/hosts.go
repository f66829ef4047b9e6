package client

import (
	"context"
	"iter"
)

// Host is a host that your links lead to.
type Host struct {
	// Host is a name or address, without port.
	Host string `json:"host"`
	// Links counts your links there, the next three those of each status.
	Links   int `json:"links"`
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
	Pending int `json:"pending"`
	// Failing means that the host fails as a whole, Paused that it asked to be left alone for a while.
	Failing bool `json:"failing"`
	Paused  bool `json:"paused"`
}

// ListHosts lists the hosts of your links by name.
func (c *Client) ListHosts(ctx context.Context) iter.Seq2[Host, error] {
	return pages[Host](ctx, c, "/v1/hosts", nil, 0, maxNamesPage)
}
