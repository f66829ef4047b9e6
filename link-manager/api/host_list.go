package api

import (
	"context"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Hosts is what the API asks of the store about hosts.
type Hosts interface {
	OwnedHosts(ctx context.Context, owner, after string, limit int) ([]store.OwnedHost, error)
}

// Host is a host that the owner's links lead to. It tells only what their own links show.
type Host struct {
	Host    string `json:"host" doc:"Its name or address, without port"`
	Links   int    `json:"links" doc:"How many of your links lead there"`
	Valid   int    `json:"valid"`
	Invalid int    `json:"invalid"`
	Pending int    `json:"pending"`
	Failing bool   `json:"failing" doc:"It fails as a whole: one link is asked for all until it answers. Told to those who have five failing links there"`
	Paused  bool   `json:"paused" doc:"It asked to be left alone for a while. Told to those who have a link there that it did not answer"`
}

type listHostsInput struct {
	Address
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many hosts at most"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

type listHostsOutput struct {
	Link string `header:"Link" doc:"The next page"`
	Body struct {
		Items      []Host  `json:"items"`
		NextCursor *string `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	}
}

// listHosts lists the hosts of the owner's links by name.
func (a *api) listHosts(ctx context.Context, input *listHostsInput) (*listHostsOutput, error) {
	after, err := afterName(input.Cursor)
	if err != nil {
		return nil, err
	}
	hosts, err := a.Store.OwnedHosts(ctx, a.Owner(ctx), after, input.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "list hosts", err)
	}
	output := &listHostsOutput{}
	if len(hosts) > input.Limit {
		hosts = hosts[:input.Limit]
		output.Body.NextCursor, output.Link = input.next(encodePlace(nameCursor{hosts[len(hosts)-1].Host}))
	}
	output.Body.Items = make([]Host, len(hosts))
	for i, h := range hosts {
		output.Body.Items[i] = Host(h)
	}
	return output, nil
}
