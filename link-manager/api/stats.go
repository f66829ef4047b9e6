package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Totals is what the API asks of the store about all of an owner's links.
type Totals interface {
	Stats(ctx context.Context, owner string) (store.Stats, error)
}

// Stats are an owner's totals in the API.
type Stats struct {
	Links    int  `json:"links" doc:"How many links there are: valid, invalid and pending together"`
	Valid    int  `json:"valid"`
	Invalid  int  `json:"invalid"`
	Pending  int  `json:"pending"`
	Failing  int  `json:"failing" doc:"Those whose newest answers are not good and that are not invalid, or not yet"`
	Moved    int  `json:"moved" doc:"Those whose newest answer redirected for good"`
	Muted    int  `json:"muted" doc:"Those that are not checked because you said so"`
	MaxLinks *int `json:"max_links" doc:"How many links you may have; null for any number"`
}

type getStatsOutput struct{ Body Stats }

func (a *api) statsRoutes(v1 huma.API) {
	route(v1, http.MethodGet, "/v1/stats", scopeRead, "get-stats", "How many links there are, by what is known about them", http.StatusOK, a.getStats)
}

func (a *api) getStats(ctx context.Context, _ *struct{}) (*getStatsOutput, error) {
	s, err := a.Store.Stats(ctx, a.Owner(ctx))
	if err != nil {
		return nil, a.problem(ctx, "read totals", err)
	}
	return &getStatsOutput{Stats{
		Links: s.Links, Valid: s.Valid, Invalid: s.Invalid, Pending: s.Pending,
		Failing: s.Failing, Moved: s.Moved, Muted: s.Muted, MaxLinks: orNull(s.MaxLinks),
	}}, nil
}
