package probe

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A specialRange is one that no check may reach, with the members that attackers ask for by name: the metadata services
// of clouds.
type specialRange struct {
	prefix  netip.Prefix
	members []netip.Addr
}

// specialRanges are those of the IANA special-purpose registries of 2025-10-09, all of IPv6 outside 2000::/3, and Azure's
// WireServer: typed from there and not taken from the guard, whose judge they are.
// Only ::ffff:0:0/96 is missing: it is another spelling of all IPv4, and package net dials it as such.
var specialRanges = []specialRange{
	special("0.0.0.0/8"),
	special("10.0.0.0/8"),
	special("100.64.0.0/10", "100.100.100.200"),
	special("127.0.0.0/8", "127.0.0.1"),
	special("169.254.0.0/16", "169.254.169.254", "169.254.170.2"),
	special("172.16.0.0/12"),
	special("192.0.0.0/24", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.171", "192.0.0.192"),
	special("192.0.2.0/24"),
	special("192.31.196.0/24"),
	special("192.52.193.0/24"),
	special("192.88.99.0/24"),
	special("192.168.0.0/16"),
	special("192.175.48.0/24"),
	special("198.18.0.0/15"),
	special("198.51.100.0/24"),
	special("203.0.113.0/24"),
	special("224.0.0.0/4"),
	special("240.0.0.0/4"),
	special("168.63.129.16/32"),

	// Everything outside 2000::/3, and the ranges in there that have names.
	special("::/3"),
	special("4000::/2"),
	special("8000::/1"),
	special("::/128"),
	special("::1/128"),
	special("::/96"),
	special("::ffff:0:0:0/96"),
	special("64:ff9b::/96"),
	special("64:ff9b:1::/48"),
	special("100::/64"),
	special("100:0:0:1::/64"),
	special("200::/7"),
	special("4000::/3"),
	special("5f00::/16"),
	special("fc00::/7", "fd00:ec2::254", "fd20:ce::254"),
	special("fe80::/10"),
	special("fec0::/10"),
	special("ff00::/8"),

	special("2001::/23"),
	special("2001::/32"),
	special("2001:1::1/128"),
	special("2001:1::2/128"),
	special("2001:1::3/128"),
	special("2001:2::/48"),
	special("2001:3::/32"),
	special("2001:4:112::/48"),
	special("2001:10::/28"),
	special("2001:20::/28"),
	special("2001:30::/28"),
	special("2001:db8::/32"),
	special("2002::/16"),
	special("2620:4f:8000::/48"),
	special("3fff::/20"),
}

func special(prefix string, members ...string) specialRange {
	r := specialRange{prefix: netip.MustParsePrefix(prefix)}
	for _, member := range members {
		r.members = append(r.members, netip.MustParseAddr(member))
	}
	return r
}

// isSpecial reports whether no check may reach ip, in whichever of its spellings.
func isSpecial(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("") // as Guard does, and for the same reason
	return slices.ContainsFunc(specialRanges, func(r specialRange) bool { return r.prefix.Contains(ip) })
}

func (r specialRange) first() netip.Addr { return r.prefix.Masked().Addr() }

func (r specialRange) last() netip.Addr {
	bytes := r.first().AsSlice()
	for bit := r.prefix.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	return fromBytes(bytes)
}

// middle is the first address of the upper half.
func (r specialRange) middle() netip.Addr {
	bytes := r.first().AsSlice()
	if bit := r.prefix.Bits(); bit < 8*len(bytes) {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	return fromBytes(bytes)
}

func fromBytes(bytes []byte) netip.Addr {
	ip, ok := netip.AddrFromSlice(bytes)
	if !ok {
		panic("neither 4 nor 16 bytes")
	}
	return ip
}

// addresses are those of the range that are tried.
func (r specialRange) addresses() []netip.Addr {
	return distinct(append([]netip.Addr{r.first(), r.middle(), r.last()}, r.members...))
}

// neighbours are the public addresses just outside the range.
func (r specialRange) neighbours() []netip.Addr {
	return slices.DeleteFunc([]netip.Addr{r.first().Prev(), r.last().Next()}, func(ip netip.Addr) bool {
		return !ip.IsValid() || isSpecial(ip)
	})
}

func specialAddresses() []netip.Addr { return ofEveryRange(specialRange.addresses) }

func publicNeighbours() []netip.Addr { return ofEveryRange(specialRange.neighbours) }

// ofEveryRange has each address once, although ranges lie in one another.
func ofEveryRange(addresses func(specialRange) []netip.Addr) []netip.Addr {
	var all []netip.Addr
	for _, r := range specialRanges {
		all = append(all, addresses(r)...)
	}
	return distinct(all)
}

func distinct(addresses []netip.Addr) []netip.Addr {
	slices.SortFunc(addresses, netip.Addr.Compare)
	return slices.Compact(addresses)
}

func TestARangeIsTriedAtBothEndsAndInTheMiddle(t *testing.T) {
	for prefix, want := range map[string][]string{
		"127.0.0.0/8":       {"127.0.0.0", "127.0.0.1", "127.128.0.0", "127.255.255.255"},
		"172.16.0.0/12":     {"172.16.0.0", "172.24.0.0", "172.31.255.255"},
		"168.63.129.16/32":  {"168.63.129.16"},
		"::1/128":           {"::1"},
		"2620:4f:8000::/48": {"2620:4f:8000::", "2620:4f:8000:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"},
		"8000::/1":          {"8000::", "c000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	} {
		if diff := cmp.Diff(want, texts(rangeOf(t, prefix).addresses())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", prefix, diff)
		}
	}
}

// TestEveryRangeHasPublicNeighbours has all that lie in no other; the table must not be so wide that nothing is left
// outside it.
func TestEveryRangeHasPublicNeighbours(t *testing.T) {
	var landlocked []string
	for _, r := range specialRanges {
		lies := func(in specialRange) bool {
			return in.prefix != r.prefix && in.prefix.Contains(r.first()) && in.prefix.Contains(r.last())
		}
		if !slices.ContainsFunc(specialRanges, lies) && len(r.neighbours()) == 0 {
			landlocked = append(landlocked, r.prefix.String())
		}
	}
	// The last of each family: another range comes before it, and nothing after it.
	if diff := cmp.Diff([]string{"240.0.0.0/4", "8000::/1"}, landlocked); diff != "" {
		t.Errorf("ranges without public neighbours (-want +got):\n%s", diff)
	}
	for prefix, want := range map[string][]string{
		"0.0.0.0/8":        {"1.0.0.0"},
		"127.0.0.0/8":      {"126.255.255.255", "128.0.0.0"},
		"168.63.129.16/32": {"168.63.129.15", "168.63.129.17"},
		"224.0.0.0/4":      {"223.255.255.255"},
		"::/3":             {"2000::"},
		"4000::/2":         {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"2001:db8::/32":    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
		"2001:2::/48":      {},
	} {
		if diff := cmp.Diff(want, texts(rangeOf(t, prefix).neighbours())); diff != "" {
			t.Errorf("beside %s (-want +got):\n%s", prefix, diff)
		}
	}
}

func rangeOf(t *testing.T, prefix string) specialRange {
	t.Helper()
	i := slices.IndexFunc(specialRanges, func(r specialRange) bool { return r.prefix.String() == prefix })
	if i < 0 {
		t.Fatalf("%s is not in the table", prefix)
	}
	return specialRanges[i]
}

func texts(addresses []netip.Addr) []string {
	all := []string{}
	for _, ip := range addresses {
		all = append(all, ip.String())
	}
	return all
}
