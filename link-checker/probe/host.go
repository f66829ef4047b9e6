package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// sendable returns u with its host in the form in which it is looked up and sent, as browsers do it (URL Standard, 3.5):
// an international name in punycode, and an IPv4 address in whatever notation as four decimal numbers. It fails if the
// host can be neither a name nor an address.
func sendable(u *url.URL) (*url.URL, error) {
	host := u.Hostname()
	if strings.Contains(host, ":") { // IPv6
		return u, nil
	}
	if !isASCII(host) {
		ascii, err := browserNames.ToASCII(host)
		if err != nil {
			return nil, fmt.Errorf("the host is no domain name: %w", err)
		}
		if host = ascii; host == "" || strings.ContainsAny(host, forbiddenInHost) {
			return nil, errors.New("the host has characters that no host can have")
		}
	}
	if endsInNumber(host) {
		address, err := parseIPv4(host)
		if err != nil {
			return nil, err
		}
		host = address.String()
	}
	if host == u.Hostname() {
		return u, nil
	}
	sent := *u
	if sent.Host = host; u.Port() != "" {
		sent.Host += ":" + u.Port()
	}
	return &sent, nil
}

// Host is whom a check of u asks, without port, and in one spelling: an address in whatever notation is one host, and an
// IPv4 address in IPv6's clothes is that address. A host that can be neither a name nor an address is itself.
func Host(u *url.URL) string {
	if sent, err := sendable(u); err == nil {
		u = sent
	}
	if address, err := netip.ParseAddr(u.Hostname()); err == nil {
		return address.Unmap().String()
	}
	return u.Hostname()
}

// browserNames reads international names as browsers do, with hyphens and underscores anywhere (URL Standard, "domain to
// ASCII").
var browserNames = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// forbiddenInHost is what a name must not have once it is mapped: the forbidden domain code points of the URL Standard.
const forbiddenInHost = "\x00\t\n\r #/:<>?@[\\]^|%"

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
