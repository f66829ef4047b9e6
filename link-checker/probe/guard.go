package probe

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"

	"code.dny.dev/ssrf"
)

// ErrBlocked is what every refusal of a Guard wraps.
var ErrBlocked = errors.New("blocked address")

// A Guard keeps checks on the public internet. It judges the address that is about to be connected, not a name or a URL,
// so that neither DNS nor a redirect can lead around it. The zero value lets through what is public and nothing else.
type Guard struct {
	// Allow lists what is let through although it is not public. It does not open the bad ports.
	Allow []netip.Prefix
}

// publicInternet knows the IANA special-purpose registries, and in IPv6 everything outside 2000::/3. Azure's WireServer
// stands in no registry but answers every machine of that cloud (Microsoft: "What is IP
// address 168.63.129.16?").
var publicInternet = ssrf.New(
	ssrf.WithAnyPort(),
	ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")),
)

// Control is for net.Dialer.Control: it fails, wrapping ErrBlocked, unless address (an IP address and port) may be
// connected. No packet is sent to an address it refuses.
func (g Guard) Control(network, address string, _ syscall.RawConn) error {
	return g.judge(network, address)
}

// judge lets through TCP to any port a browser would use, to a public or an allowed address.
func (g Guard) judge(network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: %s is not TCP", ErrBlocked, network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	if badPort(target.Port()) {
		return fmt.Errorf("%w: port %d is not for the web", ErrBlocked, target.Port())
	}
	// Prefixes contain neither IPv4 written as IPv6 nor addresses with a zone; without these two an address could pass
	// for another.
	ip := target.Addr().Unmap().WithZone("")
	if g.allows(ip) {
		return nil
	}
	if err := publicInternet.SafeAddr(ip); err != nil {
		return fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	return nil
}

// MayReach reports whether a check may reach the URL, as far as its spelling tells: what a public name leads to is known
// when it is looked up.
func (g Guard) MayReach(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	host := Host(u)
	if _, err := netip.ParseAddr(host); err == nil {
		return g.judge("tcp4", net.JoinHostPort(host, port)) == nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && !badPort(uint16(number)) && (len(g.Allow) > 0 || !InsideName(host))
}

func (g Guard) allows(ip netip.Addr) bool {
	for _, prefix := range g.Allow {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}
