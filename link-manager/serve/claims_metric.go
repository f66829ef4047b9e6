package serve

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/store"
)

// countedClaims is a store whose claims are counted.
type countedClaims struct {
	dispatch.Store
	requested, expired *prometheus.CounterVec
}

func newCountedClaims(registry *prometheus.Registry, s dispatch.Store) countedClaims {
	c := countedClaims{
		Store: s,
		requested: newCounter(registry, "linkwell_checks_requested_total",
			"Checks that were asked for, by lane: added is what a person waits for, due is routine.", "lane"),
		expired: newCounter(registry, "linkwell_leases_expired_total",
			"Checks that were asked for again because no answer came before their lease ended, or a function gave them up.", "lane"),
	}
	for _, lane := range store.Lanes() {
		c.requested.WithLabelValues(string(lane))
		c.expired.WithLabelValues(string(lane))
	}
	return c
}

// Claim counts what it returns. Attempts begin anew with each applied answer, so a second one took over from one that
// nobody heard of.
func (c countedClaims) Claim(ctx context.Context, r store.ClaimRequest) (store.Claimed, error) {
	claimed, err := c.Store.Claim(ctx, r)
	c.requested.WithLabelValues(string(r.Lane)).Add(float64(len(claimed.Claims)))
	for _, claim := range claimed.Claims {
		if claim.Attempt > 1 {
			c.expired.WithLabelValues(string(r.Lane)).Inc()
		}
	}
	return claimed, err
}
