package client

import "context"

// Stats are how many links there are.
type Stats struct {
	// Links are Valid, Invalid and Pending together.
	Links   int `json:"links"`
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
	Pending int `json:"pending"`
	// Failing are those whose newest answers are not good and that are not invalid, or not yet; Moved those whose newest
	// answer redirected for good; Muted those that are not checked because you said so.
	Failing int `json:"failing"`
	Moved   int `json:"moved"`
	Muted   int `json:"muted"`
	// MaxLinks is how many you may have; nil for any number.
	MaxLinks *int `json:"max_links"`
}

// GetStats returns how many links there are, by what is known about them.
func (c *Client) GetStats(ctx context.Context) (Stats, error) {
	var s Stats
	return s, c.get(ctx, "/v1/stats", nil, &s)
}
