package probe

import (
	"context"
	"net"
)

var (
	goResolver  = &net.Resolver{PreferGo: true}
	plainDialer = new(net.Dialer) // to name servers, which the guard has no say about
)

// lookups returns resolver with its connections in d's keeping: package net does not end a lookup that several have
// waited for when the last of them leaves, so a name server that is silent would keep it running after the check.
func (d *dialer) lookups(resolver *net.Resolver) *net.Resolver {
	dial := resolver.Dial
	if dial == nil {
		dial = plainDialer.DialContext
	}
	return &net.Resolver{
		PreferGo:     resolver.PreferGo,
		StrictErrors: resolver.StrictErrors,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return d.keep(conn)
		},
	}
}
