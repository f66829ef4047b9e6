// Package manners is how we treat other people's servers: how often a host is asked, by how many checks at a time, and when
// it is left alone. Functions share nothing, so manners are kept where checks are claimed. It is pure: the store keeps a
// Host for each host name, and locks it while it is asked.
package manners

import (
	"net/netip"
	"time"

	"github.com/linkwell/linkwell/link-checker/probe"
)

// Manners are the rules for every host.
type Manners struct {
	// Limits hold for a host on the public internet.
	Limits
	// AllowedInterval is the interval for hosts in Allow, the networks that may be checked although they are not public:
	// their owner knows what they bear. Zero means no limits at all there.
	AllowedInterval time.Duration
	Allow           []netip.Prefix
}

// Limits are how much of us one host has to bear.
type Limits struct {
	// Concurrency is how many checks of it may be out at a time; zero means any number.
	Concurrency int
	// Interval is the least time from one claim to the next; zero means none.
	Interval time.Duration
}

// Of returns the limits for a host: a name or address without port, as in link.HostOf. Which addresses a name leads to is
// only known when it is looked up, so a name counts as allowed if it is one that the public internet does not have, where
// anything is allowed.
func (m Manners) Of(host string) Limits {
	if !m.allowed(host) {
		return m.Limits
	}
	if m.AllowedInterval == 0 {
		return Limits{}
	}
	return Limits{Concurrency: m.Concurrency, Interval: m.AllowedInterval}
}

func (m Manners) allowed(host string) bool {
	address, err := netip.ParseAddr(host)
	if err != nil {
		return len(m.Allow) > 0 && probe.InsideName(host)
	}
	for _, network := range m.Allow {
		if network.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}
