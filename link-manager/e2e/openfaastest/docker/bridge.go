//go:build openfaas

package docker

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// Bridge is this machine's address on docker's own bridge: where containers reach what listens outside of them. It fails
// if there is none.
func Bridge(ctx context.Context) (netip.Addr, error) {
	name, err := Run(ctx, "network", "inspect", "bridge", "--format", `{{index .Options "com.docker.network.bridge.name"}}`)
	if err != nil {
		return netip.Addr{}, err
	}
	device, err := net.InterfaceByName(name)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find docker's bridge %s: %w", name, err)
	}
	addresses, err := device.Addrs()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find the address of %s: %w", name, err)
	}
	for _, address := range addresses {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil && prefix.Addr().Is4() {
			return prefix.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("docker's bridge %s has no IPv4 address", name)
}
